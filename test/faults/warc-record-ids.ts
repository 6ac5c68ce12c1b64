import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** @returns the id of every record in the captures of a data directory at rest, repeats kept. */
export async function readWarcRecordIds(dataDir: string): Promise<string[]> {
  const folder = join(dataDir, 'captures');
  const ids: string[] = [];
  for (const name of await readdir(folder)) {
    const text = gunzipSync(await readFile(join(folder, name))).toString('latin1');
    ids.push(...[...text.matchAll(/^WARC-Record-ID: (\S+)\r$/gm)].map(([, id = '']) => id));
  }
  return ids;
}
