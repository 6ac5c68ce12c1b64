import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package, whether the code runs from its sources or as built: the nearest above with a package.json. */
export const PACKAGE_DIR = packageDirAbove(import.meta.dirname);

function packageDirAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('no package.json above the program');
  return packageDirAbove(parent);
}
