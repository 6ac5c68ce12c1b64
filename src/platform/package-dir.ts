import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package, whether the code runs from its sources or as built: the nearest above with a package.json. */
export const PACKAGE_DIR = packageDirAbove(import.meta.dirname);

/** As package.json has it, `0.2.0`. */
export const VERSION = versionOf(JSON.parse(readFileSync(join(PACKAGE_DIR, 'package.json'), 'utf8')));

function versionOf(manifest: unknown): string {
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : null;
  if (typeof version !== 'string') throw new Error('the package.json above the program names no version');
  return version;
}

function packageDirAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('no package.json above the program');
  return packageDirAbove(parent);
}
