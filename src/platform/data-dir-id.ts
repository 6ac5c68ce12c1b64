import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createFolder } from './atomic-files.js';
import { diskError, systemCodeOf } from './disk-error.js';

/** `<dataDir>/data-dir.json`: the id by which a Redis that several data directories share tells them apart. */
const FILE = 'data-dir.json';
const identitySchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  /** It was written to before it had an id: what it left in Redis stands under the old prefix. */
  isOlder: z.boolean(),
});
export type DataDirIdentity = Readonly<z.infer<typeof identitySchema>>;

/** @returns null where the directory has no id yet, or does not exist. */
export function readDataDirIdentity(dataDir: string): DataDirIdentity | null {
  try {
    return identitySchema.parse(JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    throw diskError(`read ${join(dataDir, FILE)}`, error);
  }
}

/**
 * Gives a data directory its id, once; it is created where it is missing.
 *
 * @throws {FatalError} `disk.…`
 */
export function ensureDataDirIdentity(dataDir: string): DataDirIdentity {
  const known = readDataDirIdentity(dataDir);
  if (known !== null) return known;
  createFolder(dataDir);
  const identity = { id: randomBytes(6).toString('hex'), isOlder: existsSync(join(dataDir, 'catalogue.db')) };
  const path = join(dataDir, FILE);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(identity, null, 2)}\n`, { flush: true });
    // Of two processes that begin at once the first one names it.
    linkSync(temporary, path);
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw diskError(`write ${path}`, error);
  } finally {
    rmSync(temporary, { force: true });
  }
  return readDataDirIdentity(dataDir) ?? identity;
}
