import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_DIR } from '../platform/package-dir.js';

const packageFile = join(PACKAGE_DIR, 'package.json');
const { name, version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { name: string; version: string };

export const VERSION = version;
/** Name and version, as captures state them: `sputnik-harvester/0.1.0`. */
export const SOFTWARE = `${name}/${version}`;
