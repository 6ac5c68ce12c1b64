import { runInNewContext } from 'node:vm';
import ts from 'typescript';
import { readSources, type SourceFile } from '../../architecture/source-file.js';

/** A regular expression of the program, and where it stands. */
export interface SourcePattern {
  readonly where: string;
  readonly pattern: RegExp;
}

/** Without one of these a match has a length that is fixed, and so has the work at each character. */
const REPEATS = /[*+]|\{\d+,/;

/**
 * Every regular expression in `src` that repeats anything: literals from the syntax tree, and what a module puts together from its
 * constants, as it comes out.
 *
 * @throws where one is made while the program runs, or of a string that is given to a method: nobody could check it.
 */
export function readPatterns(): SourcePattern[] {
  const found = new Map<string, SourcePattern>();
  const add = (where: string, pattern: RegExp): void => {
    if (REPEATS.test(pattern.source) && !found.has(String(pattern))) found.set(String(pattern), { where, pattern });
  };
  for (const source of readSources('src')) {
    const { path: file, tree } = source;
    let madeCount = 0;
    const visit = (node: ts.Node): void => {
      const where = `${file}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
      if (ts.isRegularExpressionLiteral(node)) add(where, patternOf(node.text));
      if (isMade(node)) madeCount += 1;
      if (isHidden(node)) throw new Error(`${where}: a pattern in a string; write a literal`);
      ts.forEachChild(node, visit);
    };
    visit(tree);
    if (madeCount === 0) continue;
    const made = patternsMadeBy(source);
    if (made.length !== madeCount) {
      throw new Error(`${file}: ${madeCount} patterns are put together, ${made.length} of them from its constants`);
    }
    for (const pattern of made) add(file, pattern);
  }
  return [...found.values()];
}

function patternOf(literal: string): RegExp {
  const end = literal.lastIndexOf('/');
  return new RegExp(literal.slice(1, end), literal.slice(end + 1));
}

function isMade(node: ts.Node): boolean {
  return (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp';
}

/** `text.match('a+')` makes a pattern too. */
function isHidden(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const [argument] = node.arguments;
  const isText = argument !== undefined && (ts.isStringLiteralLike(argument) || ts.isTemplateExpression(argument));
  return isText && ['match', 'matchAll', 'search'].includes(node.expression.name.text);
}

/**
 * What the constants of a module put together: everything but strings, lists of strings and patterns is left out, imports too.
 *
 * @throws where a pattern needs more than that.
 */
function patternsMadeBy({ path: file, tree }: SourceFile): RegExp[] {
  const lines = tree.statements.filter(ts.isVariableStatement).flatMap(({ declarationList: { declarations } }) =>
    declarations.flatMap(({ name, initializer }) => {
      if (initializer === undefined || !ts.isIdentifier(name)) return [];
      const { outputText } = ts.transpileModule(`(${initializer.getText(tree)})`, {
        compilerOptions: { target: ts.ScriptTarget.ES2022 },
      });
      const value = outputText.replace(/;\s*$/, '');
      return [
        `try { globalThis.${name.text} = ${value}; } catch (error) { if (!(error instanceof ReferenceError)) throw error; }`,
      ];
    }),
  );
  const made: RegExp[] = [];
  function note(source: string, flags?: string): RegExp {
    if (source.includes('undefined')) throw new Error(`${file}: a pattern of more than constants: ${source}`);
    const pattern = new RegExp(source, flags);
    made.push(pattern);
    return pattern;
  }
  runInNewContext(lines.join('\n'), { RegExp: note });
  return made;
}
