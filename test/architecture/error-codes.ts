import ts from 'typescript';
import { visit, type SourceFile } from './source-file.js';

const ERROR_CLASS = /^(Retryable|Permanent|Fatal|Usage)Error$/;

/** One code as the source gives it; `*` stands for what is only known while it runs. */
export interface ThrownCode {
  readonly code: string;
  /** `src/store/open.ts:12`. */
  readonly place: string;
}

/** A code of ours, `fetch.timeout`, as told from a code of the system, `ENOSPC`. */
const OWN_CODE = /^[a-z][A-Za-z]*\.[A-Za-z*.]+$/;

/**
 * Every code of one of the domain's errors in `file`: given where the error is built, or written in a table beside it.
 * A code that is only passed on is `*`, unless a table in the same file says which ones it can be.
 */
export function thrownCodes(file: SourceFile): ThrownCode[] {
  const found: ThrownCode[] = [];
  const passedOn: ThrownCode[] = [];
  const words: ThrownCode[] = [];
  visit(file.tree, (node) => {
    const { line } = file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree));
    const place = `${file.path}:${line + 1}`;
    const isBuilding = ts.isNewExpression(node) && ERROR_CLASS.test(node.expression.getText());
    const codes = isBuilding ? (node.arguments ?? []).flatMap(codesOfDetails) : codesOfDetails(node);
    const own = codes.filter((code) => OWN_CODE.test(code));
    if (isBuilding && own.length < Math.max(codes.length, 1)) passedOn.push({ code: '*', place });
    if (!isBuilding) for (const code of own) found.push({ code, place });
    if (isWordOfTable(node)) words.push({ code: node.text, place });
  });
  const all = passedOn.length > 0 ? [...found, ...words] : found;
  return all.length > 0 ? all : passedOn;
}

/** A code in a table of tuples, `['disk.full', 'Free space …']`. */
function isWordOfTable(node: ts.Node): node is ts.StringLiteralLike {
  return ts.isStringLiteralLike(node) && OWN_CODE.test(node.text) && ts.isArrayLiteralExpression(node.parent);
}

function codesOfDetails(argument: ts.Node): string[] {
  if (!ts.isObjectLiteralExpression(argument)) return [];
  return argument.properties.flatMap((property) => {
    if (property.name?.getText() !== 'code') return [];
    return ts.isPropertyAssignment(property) ? codesOfValue(property.initializer) : ['*'];
  });
}

function codesOfValue(value: ts.Expression): string[] {
  if (ts.isStringLiteralLike(value)) return [value.text];
  if (ts.isConditionalExpression(value)) return [...codesOfValue(value.whenTrue), ...codesOfValue(value.whenFalse)];
  if (ts.isParenthesizedExpression(value)) return codesOfValue(value.expression);
  if (ts.isTemplateExpression(value)) {
    return [value.head.text + value.templateSpans.map((span) => `*${span.literal.text}`).join('')];
  }
  return ['*'];
}

/** The first column of docs/errors.md. @returns the codes in the order of the page. */
export function documentedCodes(page: string): string[] {
  return [...page.matchAll(/^\| `([a-z][A-Za-z0-9.*<>-]*)`/gm)].map(([, code]) => code ?? '');
}

/** @returns whether a thrown code, possibly holding `*`, is one of the documented ones (`<name>` stands for any word). */
export function isDocumented(code: string, documented: readonly string[]): boolean {
  return documented.some((entry) => entry.replace(/<[^>]+>/g, '*') === code);
}
