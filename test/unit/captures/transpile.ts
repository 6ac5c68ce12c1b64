import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '../../..');

/**
 * Turns sources into JavaScript that a child process of a test can run, without depending on an earlier build.
 *
 * @param folder   Where to write; keeps the layout of the repository.
 * @param sources  Files and folders, relative to the repository.
 */
export async function transpile(folder: string, sources: readonly string[]): Promise<void> {
  for (const source of sources) {
    const path = join(root, source);
    const names = source.endsWith('.ts') ? [path] : (await readdir(path)).map((name) => join(path, name));
    for (const name of names.filter((candidate) => candidate.endsWith('.ts'))) {
      const target = join(folder, relative(root, name)).replace(/\.ts$/, '.js');
      const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
      const { outputText } = ts.transpileModule(await readFile(name, 'utf8'), { compilerOptions: options });
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, outputText);
    }
  }
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
}
