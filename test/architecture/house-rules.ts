import path from 'node:path';
import ts from 'typescript';
import { visit, type SourceFile } from './source-file.js';

/** A word to give up, and the field's own word for it. */
export interface GivenUpWord {
  readonly pattern: RegExp;
  readonly instead: string;
  /** So many occurrences are still to be replaced; lower it, never raise it. */
  readonly left: number;
}

/** The table of words, as patterns. Keys of stored JSON, error codes and the contract's verbs are older than it and stay. */
export const GIVEN_UP_WORDS: readonly GivenUpWord[] = [
  {
    pattern: /\b(?:un)?settle(?:d|s|ment|ments)?\b|\bsettl(?:e|ed|ement)[A-Z]\w*/,
    instead: 'process, result',
    left: 0,
  },
  { pattern: /\w*Bench\b/, instead: '…Dependencies', left: 0 },
  { pattern: /\bSurroundings\b/, instead: 'Runtime', left: 0 },
  { pattern: /\w*AddressBook\w*|\baddress book\b/i, instead: 'URL rules', left: 0 },
  { pattern: /\breread\w*/i, instead: 're-extract', left: 0 },
  { pattern: /\banew\b/, instead: 'again', left: 0 },
  { pattern: /\bstrays?\b/i, instead: 'orphan', left: 0 },
  { pattern: /\bleft-?overs?\b/i, instead: 'temporary file', left: 0 },
  { pattern: /\b(?:page)?waves?\b/i, instead: 'batch', left: 0 },
  { pattern: /\b\w*keepers?\b/i, instead: 'cache', left: 0 },
  { pattern: /\bsqueez\w*/i, instead: 'compact', left: 0 },
  // A table of the catalogue is called so; a migration is not worth its name.
  { pattern: /\bsightings?\b/i, instead: 'discovered URL', left: 9 },
  { pattern: /\bsums? of (?:a|the|this) (?:run|crawl|fetch)/i, instead: 'summary', left: 1 },
  { pattern: /\baddress(?:es)? of (?:a|an|the) (?:page|article|list)s?\b/i, instead: 'URL', left: 0 },
  { pattern: /\blook-?alike/i, instead: 'test site', left: 0 },
  { pattern: /\bnewsroom/i, instead: 'test site', left: 0 },
  { pattern: /\bupkeep\b|\btid(?:y|ied|ies)\b/i, instead: 'maintenance', left: 1 },
  { pattern: /\bdoors?\b/i, instead: 'handle', left: 0 },
];

/** Names of the platform and of libraries that hold such a word. */
const NOT_OURS = /Promise\.allSettled|PromiseSettledResult|\ballSettled\b/g;

/** @returns one line per occurrence: `src/a.ts:12: anew (say again)`. */
export function wordBreaches(file: string, text: string, { pattern, instead }: GivenUpWord): string[] {
  const all = new RegExp(pattern, `g${pattern.flags}`);
  return text
    .replace(NOT_OURS, '')
    .split('\n')
    .flatMap((line, at) => [...line.matchAll(all)].map(([word]) => `${file}:${at + 1}: ${word} (say ${instead})`));
}

/** @returns each file name that stands in more than one folder, with the folders. */
export function repeatedFileNames(files: readonly string[]): string[] {
  return repeated(files.map((file) => [path.posix.basename(file), file]));
}

/** @returns each name that more than one file exports, with the files. */
export function repeatedExports(files: readonly SourceFile[]): string[] {
  return repeated(files.flatMap((file) => exportsOf(file).map((name) => [name, file.path] as const)));
}

/** @returns `src/a.ts: name` for each exported value that no other file imports. */
export function unusedExports(files: readonly SourceFile[], users: readonly SourceFile[]): string[] {
  const used = new Set(users.flatMap(importedNames));
  return files.flatMap((file) =>
    exportsOf(file)
      .filter((name) => !used.has(`${file.path}#${name}`) && !used.has(`${file.path}#*`))
      .map((name) => `${file.path}: ${name}`),
  );
}

/** @returns `a > b` for each two folders whose files import each other; types count. */
export function folderCircles(files: readonly SourceFile[]): string[] {
  const edges = new Set<string>();
  for (const file of files) {
    for (const { target } of file.imports) {
      if (target !== null) edges.add(`${path.posix.dirname(file.path)} > ${path.posix.dirname(target)}`);
    }
  }
  const both = [...edges].filter((edge) => {
    const [from = '', to = ''] = edge.split(' > ');
    return from < to && edges.has(`${to} > ${from}`);
  });
  return both.sort();
}

function repeated(pairs: readonly (readonly [name: string, file: string])[]): string[] {
  const files = new Map<string, Set<string>>();
  for (const [name, file] of pairs) files.set(name, (files.get(name) ?? new Set()).add(file));
  return [...files].filter(([, of]) => of.size > 1).map(([name, of]) => `${name}: ${[...of].join(', ')}`);
}

/** Names of exported functions, classes and constants; types are erased and may be exported with what they describe. */
function exportsOf({ tree }: SourceFile): string[] {
  return tree.statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported) return [];
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
    }
    const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
    return isNamed && statement.name !== undefined ? [statement.name.text] : [];
  });
}

function importedNames(file: SourceFile): string[] {
  const names: string[] = [];
  for (const { target, names: imported } of file.imports) {
    if (target !== null) names.push(...imported.map((name) => `${target}#${name}`));
  }
  // Types count as users too, also of a class.
  visit(file.tree, (node) => {
    if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return;
    const { text } = node.moduleSpecifier;
    const target = file.imports.find(({ specifier }) => specifier === text)?.target ?? null;
    const bindings = node.importClause?.namedBindings;
    if (target === null || bindings === undefined || !ts.isNamedImports(bindings)) return;
    names.push(...bindings.elements.map((element) => `${target}#${(element.propertyName ?? element.name).text}`));
  });
  return names;
}
