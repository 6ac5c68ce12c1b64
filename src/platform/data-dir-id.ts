import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FatalError } from '../domain/errors.js';
import { createFolder, writeFileAtomically } from './atomic-files.js';
import { diskError, systemCodeOf } from './disk-error.js';

/** `<dataDir>/data-dir.json`: the id by which a Redis that several data directories share tells them apart. */
const FILE = 'data-dir.json';
const identitySchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  /** The directory was used before it had an id, so its data in Redis is under the old prefix. */
  isOlder: z.boolean(),
});
export type DataDirIdentity = Readonly<z.infer<typeof identitySchema>>;

/** @returns null where the directory has no id yet, or does not exist. */
export function readDataDirIdentity(dataDir: string): DataDirIdentity | null {
  try {
    return identitySchema.parse(JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null;
    if (error instanceof SyntaxError || error instanceof z.ZodError) throw damagedIdentity(dataDir, error);
    throw diskError(`read ${join(dataDir, FILE)}`, error);
  }
}

function damagedIdentity(dataDir: string, cause: Error): FatalError {
  return new FatalError(`${join(dataDir, FILE)} does not hold the id of a data directory`, {
    code: 'disk.identity',
    hint: 'A running `sputnik serve` writes it again within seconds. If none runs, delete the file: the next start makes a new id, processes what was captured, and resumes paused schedules',
    cause,
  });
}

/**
 * Puts the id back where somebody has taken it away or changed it beside the writer, under whose id everything in Redis
 * stands.
 *
 * @param identity  As the writer found it when it started.
 * @returns         Whether it had to be.
 */
export async function keepDataDirIdentity(dataDir: string, identity: DataDirIdentity): Promise<boolean> {
  try {
    if (readDataDirIdentity(dataDir)?.id === identity.id) return false;
  } catch {
    // Whatever stands there is no id.
  }
  await writeFileAtomically(join(dataDir, FILE), `${JSON.stringify(identity, null, 2)}\n`);
  return true;
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
