import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contentHashOf } from '../../dedupe/comparable-text.js';
import type { Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import type { ArticleKey } from '../../domain/page.js';
import { removeFiles, removeStaleTemporaryFiles, writeFilesAtomically } from '../../platform/atomic-files.js';
import type { Logger } from '../../platform/logger.js';
import { articlePath, DAMAGED_FOLDER, monthFolders, type RecordLocation } from '../files/article-files.js';
import { parseArticle, serialiseArticle } from '../files/article-json.js';
import type { ReadObservation } from '../writer/store-article.js';
import { withTodaysHashes } from '../writer/todays-hashes.js';
import { monthsOf } from './check-record.js';

/**
 * Brings record files into their form and place: what cannot be read, stands under another's name or is the older of two copies moves to
 * `damaged/`; a form, a hash or a month that is not as it should be is set right. Links and folders follow when they are decided anew.
 *
 * @param read  Reads the capture of a text that does not fit its hash: where the hash is that of the captured text, that is put back, and
 *              the changed record kept in `damaged/`. Null: nothing can be read, and hashes follow the text.
 */
export async function mendRecords(dataDir: string, log: Logger, read: ReadObservation | null): Promise<void> {
  const kept = new Map<ArticleKey, { readonly place: RecordLocation; readonly lastSeenAt: string }>();
  for await (const folder of monthFolders(dataDir)) {
    await removeStaleTemporaryFiles(folder.path, folder.names);
    for (const place of folder.places) {
      const record = readOrNull(dataDir, place);
      if (record?.id !== place.key) {
        setAside(dataDir, place, 'it cannot be read as the record of its name', log);
        continue;
      }
      const earlier = kept.get(place.key);
      const lastSeenAt = record.lastSeenAt ?? '';
      if (earlier && earlier.lastSeenAt >= lastSeenAt) {
        setAside(dataDir, place, `it is the older copy of ${articlePath(earlier.place)}`, log);
        continue;
      }
      if (earlier) setAside(dataDir, earlier.place, `it is the older copy of ${articlePath(place)}`, log);
      const told = await asCaptured(record, read);
      if (told !== record) setAside(dataDir, place, 'its text is not the one that was captured', log);
      kept.set(place.key, { place: await mendRecord(dataDir, told, place), lastSeenAt });
    }
  }
}

/** @returns the record with the text that its hash vouches for, as captured; the very same one where its hash or its capture tells none. */
async function asCaptured(record: Article, read: ReadObservation | null): Promise<Article> {
  if (read === null || record.capture === null || contentHashOf(record) === record.contentHash) return record;
  const captured = (await read(record.capture))?.article;
  if (captured === undefined) return record;
  const { title, lead, body, dateline } = captured;
  const told = { ...record, title, lead, body: [...body], dateline };
  return contentHashOf(told) === record.contentHash ? told : record;
}

async function mendRecord(dataDir: string, record: Article, place: RecordLocation): Promise<RecordLocation> {
  const months = monthsOf(record);
  const right = months.includes(place.month) ? place : { ...place, month: months[0] ?? place.month };
  const path = join(dataDir, articlePath(place));
  const content = serialiseArticle(withTodaysHashes(record));
  if (right === place && existsSync(path) && readFileSync(path, 'utf8') === content) return place;
  await writeFilesAtomically([{ path: join(dataDir, articlePath(right)), content }]);
  if (right !== place) await removeFiles([path]);
  return right;
}

function readOrNull(dataDir: string, place: RecordLocation): Article | null {
  try {
    return parseArticle(readFileSync(join(dataDir, articlePath(place)), 'utf8'), articlePath(place));
  } catch (error) {
    if (error instanceof PermanentError) return null;
    throw error;
  }
}

function setAside(dataDir: string, place: RecordLocation, reason: string, log: Logger): void {
  const path = articlePath(place);
  const target = join(dataDir, DAMAGED_FOLDER, path);
  mkdirSync(dirname(target), { recursive: true });
  renameSync(join(dataDir, path), target);
  log.warn({ file: path, reason }, 'set a record aside');
}
