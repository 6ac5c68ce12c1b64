import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/**
 * Compiles whole rooms for tests that start processes of their own, from the sources as they are now.
 *
 * @returns the folder that stands for `src`; the caller removes it.
 */
export function compileRooms(rooms: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sputnik-rooms-'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  for (const room of rooms) {
    for (const entry of readdirSync(path.join(ROOT, 'src', room), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const source = path.join(entry.parentPath, entry.name);
      const target = path.join(folder, path.relative(path.join(ROOT, 'src'), source)).replace(/\.ts$/, '.js');
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, compile(source));
    }
  }
  return folder;
}

function compile(source: string): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
  return ts.transpileModule(readFileSync(source, 'utf8'), { compilerOptions }).outputText;
}
