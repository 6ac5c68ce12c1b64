import ts from 'typescript';
import { PURE_ROOMS } from './import-rules.js';
import { visit, type SourceFile } from './source-file.js';

/** Globals through which time, chance, network or machine would leak into a pure room. */
const IMPURE_GLOBALS = new Set([
  'process',
  'performance',
  'fetch',
  'console',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
]);
const IMPURE_CALLS = new Set(['Date.now', 'Math.random', 'crypto.randomUUID', 'crypto.getRandomValues']);
/** Functions of `node:fs` that change files; `web` and `export` only read. */
const WRITING = /^(writeFile|appendFile|rename|unlink|rm|rmdir|mkdir|truncate|copyFile|createWriteStream)(Sync)?$/;
const READING_ROOMS = ['web', 'export'];

/** Rules about what code does rather than what it imports. @returns one line per breach. */
export function purityBreaches(file: SourceFile): string[] {
  const breaches: string[] = [];
  visit(file.tree, (node) => {
    const breach = environmentBreach(file, node) ?? pureRoomBreach(file, node) ?? writingBreach(file, node);
    if (breach === null) return;
    const { line } = file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree));
    breaches.push(`${file.path}:${line + 1}: ${breach}`);
  });
  return breaches;
}

function environmentBreach({ room }: SourceFile, node: ts.Node): string | null {
  if (room === 'config') return null;
  if (ts.isPropertyAccessExpression(node) && node.getText() === 'process.env') return 'only config reads process.env';
  const isNamed = ts.isBindingElement(node) || ts.isImportSpecifier(node);
  if (isNamed && (node.propertyName ?? node.name).getText() === 'env' && /process/.test(statementOf(node))) {
    return 'only config reads process.env';
  }
  return null;
}

function pureRoomBreach({ room }: SourceFile, node: ts.Node): string | null {
  if (room === null || !PURE_ROOMS.includes(room)) return null;
  if (ts.isPropertyAccessExpression(node) && IMPURE_CALLS.has(node.getText())) {
    return `${room} is pure: ${node.getText()}`;
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && (node.arguments ?? []).length === 0) {
    return `${room} is pure: new Date() without an instant`;
  }
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return `${room} is pure: Date()`;
  if (ts.isIdentifier(node) && IMPURE_GLOBALS.has(node.text) && isFreeReference(node)) {
    return `${room} is pure: ${node.text}`;
  }
  return null;
}

function writingBreach({ room, imports }: SourceFile, node: ts.Node): string | null {
  if (room === null || !READING_ROOMS.includes(room) || !ts.isIdentifier(node) || !WRITING.test(node.text)) return null;
  return imports.some(({ specifier }) => /^(node:)?fs(\/promises)?$/.test(specifier))
    ? `${room} never writes: ${node.text}`
    : null;
}

/** A name used as a value, not as a property, a key or a declaration of its own. */
function isFreeReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  return !(
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isParameter(parent) ||
    ts.isVariableDeclaration(parent) ||
    ts.isBindingElement(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isTypeQueryNode(parent)
  );
}

function statementOf(node: ts.Node): string {
  let top: ts.Node = node;
  while (!ts.isStatement(top) && !ts.isSourceFile(top.parent)) top = top.parent;
  return top.getText();
}
