import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** One import, re-export or dynamic import as it stands in a source file. */
export interface Import {
  /** As written: `../domain/page.js`, `node:fs`, `ioredis`. */
  readonly specifier: string;
  /** Path from the root of the repository where the import is relative, else null: `src/domain/page.ts`. */
  readonly target: string | null;
  /** Imported names; `*` for the whole module. */
  readonly names: readonly string[];
  /** Erased by the compiler: types only. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** From the root of the repository, `/` between folders: `src/domain/page.ts`. */
  readonly path: string;
  /** The folder under `src`; null for a file outside of every room. */
  readonly room: string | null;
  readonly imports: readonly Import[];
  readonly tree: ts.SourceFile;
}

/** Reads one file's text for the rules. */
export function parseSource(filePath: string, text: string): SourceFile {
  const tree = ts.createSourceFile(filePath, text, ts.ScriptTarget.ES2022, true);
  return { path: filePath, room: roomOf(filePath), imports: importsOf(tree, filePath), tree };
}

/** @returns every TypeScript file under `folder`, a path from the root of the repository. */
export function readSources(folder: string): SourceFile[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .map((name) => parseSource(name, readFileSync(path.join(ROOT, name), 'utf8')));
}

/** Visits every node of a tree, parents first. */
export function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => {
    visit(child, look);
  });
}

/** @returns the room of a path under `src`, null where it is in none. */
export function roomOf(filePath: string): string | null {
  return /^src\/([^/]+)\//.exec(filePath)?.[1] ?? null;
}

function importsOf(tree: ts.SourceFile, filePath: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, names: readonly string[], typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    found.push({ specifier: specifier.text, target: targetOf(specifier.text, filePath), names, typeOnly });
  };
  visit(tree, (node) => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      add(node.moduleSpecifier, namesOf(clause), clause !== undefined && isErased(clause));
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, ['*'], node.isTypeOnly);
    else if (ts.isCallExpression(node) && isLoading(node)) add(node.arguments[0], ['*'], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, ['*'], true);
  });
  return found;
}

function isErased(clause: ts.ImportClause): boolean {
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const bindings = clause.namedBindings;
  if (clause.name !== undefined || bindings === undefined || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

function namesOf(clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  if (bindings === undefined) return clause?.name === undefined ? [] : ['default'];
  if (!ts.isNamedImports(bindings)) return ['*'];
  const names = bindings.elements.filter((e) => !e.isTypeOnly).map((e) => (e.propertyName ?? e.name).text);
  return clause?.name === undefined ? names : ['default', ...names];
}

/** `import(…)`, `require(…)`, and `new URL('./x.js', import.meta.url)` is left out: it names a file, it loads none. */
function isLoading(call: ts.CallExpression): boolean {
  return (
    call.expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(call.expression) && call.expression.text === 'require')
  );
}

function targetOf(specifier: string, from: string): string | null {
  if (!specifier.startsWith('.')) return null;
  return path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}
