import { copyFile, link, mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { articleSchema, captureReferenceSchema, type Article, type CaptureReference } from '../../domain/article.js';
import { FatalError, nullIfPermanent, unlessPermanent } from '../../domain/errors.js';
import type { ExtractedArticle } from '../../domain/extraction.js';
import { syncFolder, writeFilesAtomically } from '../../platform/atomic-files.js';
import { diskError, systemCodeOf } from '../../platform/disk-error.js';
import type { Logger } from '../../platform/logger.js';
import { runLimited } from '../../platform/in-turns.js';
import { articlePath, readRecordText, type RecordLocation } from './article-files.js';
import { monthFolders } from './record-folders.js';
import {
  serialiseArticle,
  formOf,
  RECORD_FORM,
  recordTooNew,
  RECORD_STEPS,
  type RecordStep,
  type RecordSteps,
} from './article-json.js';

/** Where records stand as they were before their form changed: `backup/form-<N>/articles/…`; never deleted by us. */
const BACKUP_FOLDER = 'backup';

/** Extracts an article again from its capture; null if that cannot be read any more. */
type ReadCaptured = (capture: CaptureReference) => Promise<{ readonly article: ExtractedArticle } | null>;

const READ_AT_ONCE = 4;
/** How a record of today's form begins as it is written: one that does need not be parsed. */
const START_OF_TODAY = `{\n  "schemaVersion": ${RECORD_FORM},\n`;

/**
 * Brings every record of an earlier form to today's, after keeping the old one under `backup/`. There is no way back.
 * It may be killed at any moment; the next call goes on where it was. Records that are not JSON are left to `verify`.
 *
 * @param readCaptured Reads facts that an earlier form did not keep; null: captures cannot be read.
 * @param steps The steps to today's form; only tests pass others than {@link RECORD_STEPS}.
 * @returns      How many were brought on.
 * @throws {FatalError} `record.tooNew`, `record.notMigrated` (a step made no record of it; nothing of that one is
 * written), `disk.…`.
 */
export async function migrateRecords(
  dataDir: string,
  log: Logger,
  readCaptured: ReadCaptured | null,
  steps: RecordSteps = RECORD_STEPS,
): Promise<number> {
  let count = 0;
  for await (const { locations } of monthFolders(dataDir)) {
    const migrated = await runLimited(locations, READ_AT_ONCE, (location) =>
      migrateRecord(dataDir, location, readCaptured, steps),
    );
    count += migrated.filter((isMigrated) => isMigrated).length;
  }
  if (count > 0)
    log.info({ event: 'records.migrated', count, reason: `form ${RECORD_FORM}` }, 'brought records to today’s form');
  return count;
}

async function migrateRecord(
  dataDir: string,
  location: RecordLocation,
  readCaptured: ReadCaptured | null,
  steps: RecordSteps,
): Promise<boolean> {
  const path = articlePath(location);
  // What cannot be read as a record is for `verify`.
  const text = unlessPermanent(() => readRecordText(dataDir, location));
  if (text === null || text.startsWith(START_OF_TODAY)) return false;
  let value = valueOf(text);
  const form = formOf(value);
  if (form === null || form === RECORD_FORM) return false;
  if (form > RECORD_FORM) throw recordTooNew(form, path);
  const captured = readCaptured && (await readCapturedOrNull(value, readCaptured));
  for (let from = form; from < RECORD_FORM; from += 1) {
    const step: RecordStep | undefined = steps.get(from);
    if (step === undefined) return false;
    value = step(value as Readonly<Record<string, unknown>>, captured);
  }
  const content = serialiseArticle(checked(value, path));
  await keepAsItWas(dataDir, path, form);
  await writeFilesAtomically([{ path: join(dataDir, path), content }]);
  return true;
}

/**
 * @returns what today's extractor makes of the capture that a record names; null where there is none that can be read.
 */
async function readCapturedOrNull(value: unknown, read: ReadCaptured): Promise<ExtractedArticle | null> {
  const capture = captureReferenceSchema.safeParse((value as { readonly capture?: unknown }).capture);
  if (!capture.success) return null;
  return (await read(capture.data).catch(nullIfPermanent))?.article ?? null;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // torn: for `verify`
  }
}

function checked(value: unknown, path: string): Article {
  const read = articleSchema.safeParse(value);
  if (read.success) return read.data;
  const { path: at, message } = read.error.issues[0] ?? { path: [], message: '' };
  throw new FatalError(`Could not bring ${path} to form ${RECORD_FORM}: ${at.join('.')}: ${message}`, {
    code: 'record.notMigrated',
    hint: 'This is a bug in this program. Nothing was changed, and the previous version can still use the records',
    cause: read.error,
  });
}

/**
 * A record is replaced and never written over, so a second name for its file keeps it; it costs no space until then.
 */
async function keepAsItWas(dataDir: string, path: string, form: number): Promise<void> {
  const from = join(dataDir, path);
  const to = join(dataDir, BACKUP_FOLDER, `form-${form}`, path);
  try {
    await mkdir(dirname(to), { recursive: true });
    await link(from, to).catch(async (error: unknown) => {
      if (systemCodeOf(error) === 'EEXIST') return;
      // File systems without links.
      await copyFile(from, `${to}.tmp`);
      await rename(`${to}.tmp`, to);
    });
    await syncFolder(dirname(to));
  } catch (error) {
    throw diskError(`keep ${path} as ${to}`, error);
  }
}
