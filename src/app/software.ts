import { readFileSync } from 'node:fs';

const packageFile = new URL('../../package.json', import.meta.url);
const { name, version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { name: string; version: string };

export const VERSION = version;
/** Name and version, as captures state them: `sputnik-harvester/0.1.0`. */
export const SOFTWARE = `${name}/${version}`;
