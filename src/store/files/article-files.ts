import { isUtf8 } from 'node:buffer';
import { cpSync, lstatSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, dirname } from 'node:path';
import type { Article } from '../../domain/article.js';
import { FatalError, PermanentError } from '../../domain/errors.js';
import type { ArticleKey } from '../../domain/page.js';
import { diskError, systemCodeOf } from '../../platform/disk-error.js';
import { readFileAtOnce } from '../../platform/read-limited.js';
import { parseArticle } from './article-json.js';

/**
 * The article files are the source of truth: everything else in `dataDir`, except the captures, is derived from them.
 *
 *     articles/<family>/<YYYY>/<MM>/<articleId>.json      one record per distinct article
 *     duplicates/<family>/<YYYY>/<MM>/<articleId>.json    the same, for records whose duplicateOf.kind is `exact`
 *
 * - `<YYYY>/<MM>` is the month in the URL of the article's earliest observation that counts (by time of fetch). So the
 *   location is a function of the set of observations, as the record is: it changes only when an older capture arrives
 *   late, and never because the site re-issues the article under a new date.
 * - The content is a record in the form of article-json.ts.
 * - A record is replaced whole (platform/atomic-files.ts). One that changes its location is written at the new
 *   location, the catalogue commits, then the old file goes; what a kill leaves in two locations is resolved at the
 *   next start by the catalogue.
 * - Nothing of a page reaches a path: family and id are checked by {@link articlePath}.
 */
export type RecordFolder = 'articles' | 'duplicates';
export const RECORD_FOLDERS: readonly RecordFolder[] = ['articles', 'duplicates'];

/** Where records stand that cannot be read; never deleted by us. */
const DAMAGED_FOLDER = 'damaged';

/** Where a record stands. */
export interface RecordLocation {
  readonly folder: RecordFolder;
  readonly key: ArticleKey;
  /** `YYYYMM`. */
  readonly month: string;
}

const FAMILY = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?)+$/;
const ARTICLE_ID = /^\d{4,19}$/;
const MONTH = /^(?:19|20)\d{2}(?:0[1-9]|1[0-2])$/;
/** Holds at writing too, so that whatever is written can be read. */
export const RECORD_BYTES_MAX = 64_000_000;

/**
 * @returns path relative to `dataDir`, with `/`.
 * @throws {PermanentError} `record.pathForbidden` where family, id or month are not of their form (`..`, NUL,
 * separators).
 */
export function articlePath(location: RecordLocation): string {
  const { folder, key, month } = location;
  if (!isOfForm(location)) {
    throw new PermanentError(
      `Expected <family>/<id> and a month, found ${JSON.stringify([key, month]).slice(0, 200)}`,
      {
        code: 'record.pathForbidden',
      },
    );
  }
  return `${folder}/${key.replace('/', `/${month.slice(0, 4)}/${month.slice(4)}/`)}.json`;
}

/** Whether family, id and month are of their form. */
export function isOfForm({ key, month }: Pick<RecordLocation, 'key' | 'month'>): boolean {
  const [family = '', articleId = '', ...rest] = key.split('/');
  return FAMILY.test(family) && ARTICLE_ID.test(articleId) && MONTH.test(month) && rest.length === 0;
}

/** The folder in which a record belongs by its own words. */
export function folderOf(record: Article): RecordFolder {
  return record.duplicateOf?.kind === 'exact' ? 'duplicates' : 'articles';
}

/**
 * @returns when each edit that the record tells was first seen, its pictures' and its renditions' among them; sorted.
 */
export function editTimes({ revisions, renditions, pictures = [], capture }: Article): string[] {
  const own = revisions.length > 0 ? [...revisions.slice(1).map(({ seenAt }) => seenAt), capture?.fetchedAt] : [];
  const others = renditions.flatMap(({ revisions: earlier = [], seenAt }) =>
    earlier.length > 0 ? [...earlier.slice(1).map((state) => state.seenAt), seenAt] : [],
  );
  const pictured = pictures.slice(1).map(({ seenAt }) => seenAt);
  return [...own, ...pictured, ...others].filter((at) => at !== undefined).sort();
}

/** @returns when the newest of its edits was first seen; null: it has none. */
export function editedAt(article: Article): string | null {
  return editTimes(article).at(-1) ?? null;
}

/** A record's file as found. */
export interface RecordFile {
  readonly text: string;
  readonly record: Article;
}

/**
 * @returns null if there is no such file.
 * @throws {PermanentError} `record.notJson`, `record.invalid`, `record.otherIdentity`; {FatalError} `record.tooNew`,
 * `record.tooOld`, `disk.…`.
 */
export function readRecord(dataDir: string, location: RecordLocation): RecordFile | null {
  const path = articlePath(location);
  const text = readRecordText(dataDir, location);
  if (text === null) return null;
  const record = parseArticle(text, path);
  // Copied or renamed by somebody: taken for its neighbour it would be shown for it, and be folded into it.
  if (record.id === location.key) return { text, record };
  throw new PermanentError(`Expected the record of ${location.key} at ${path}, found that of ${record.id}`, {
    code: 'record.otherIdentity',
  });
}

/** The same for a record that the writer may be moving: then it stands in the other folder. */
export function readMovingRecord(dataDir: string, location: RecordLocation): RecordFile | null {
  for (const folder of [location.folder, ...RECORD_FOLDERS.filter((other) => other !== location.folder)]) {
    const file = readRecord(dataDir, { ...location, folder });
    if (file) return file;
  }
  return null;
}

/**
 * @returns the text of a record file; null if there is none.
 * @throws {PermanentError} `record.notJson` for bytes that are not UTF-8 and for anything but a file,
 *         `record.tooLarge`, `record.notPermitted`, `record.diskError`; {FatalError} `disk.…`.
 */
export function readRecordText(dataDir: string, location: RecordLocation): string | null {
  const path = join(dataDir, articlePath(location));
  try {
    const { size } = statSync(path);
    if (size > RECORD_BYTES_MAX) {
      throw new PermanentError(`Expected a record of at most ${RECORD_BYTES_MAX} bytes, found ${size}`, {
        code: 'record.tooLarge',
      });
    }
    const bytes = readRepeatedly(path);
    if (!isUtf8(bytes)) {
      throw new PermanentError(`Expected a record in UTF-8 at ${path}, found other bytes`, {
        code: 'record.notJson',
      });
    }
    return bytes.toString('utf8');
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    const systemCode = systemCodeOf(error) ?? '';
    // ENOTDIR: a file stands in the place of one of its folders.
    if (['ENOENT', 'ENOTDIR'].includes(systemCode) || (systemCode === 'ELOOP' && !isLink(path))) return null;
    const found = { EISDIR: 'something that is no file', ELOOP: 'links that lead nowhere' }[systemCode];
    if (found !== undefined) {
      throw new PermanentError(`Expected a record at ${path}, found ${found}`, {
        code: 'record.notJson',
        cause: error,
      });
    }
    throw ofOneRecord(diskError(`read ${path}`, error));
  }
}

/** A disk that gives an error once may give the bytes the next time: a cable, a busy network. */
const READS_MAX = 3;

function readRepeatedly(path: string): Buffer {
  for (let reads = 1; ; reads += 1) {
    try {
      return readFileAtOnce(path);
    } catch (error) {
      if (systemCodeOf(error) !== 'EIO' || reads === READS_MAX) throw error;
    }
  }
}

/** Whether the path itself is a link; where one of its folders is a link to itself nothing stands there. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/**
 * @returns the error of one record, which stays where it is and costs no page but those that need it; any other error
 * as it is.
 */
export function ofOneRecord(refused: FatalError): PermanentError | FatalError {
  const { code, message } = refused;
  const details = { hint: `${refused.hint ?? ''}; the page is processed by the next start`, cause: refused };
  if (code === 'disk.notPermitted') return new PermanentError(message, { code: 'record.notPermitted', ...details });
  if (code === 'disk.damaged') return new PermanentError(message, { code: 'record.diskError', ...details });
  return refused;
}

/**
 * Whether there is a record that cannot be read, moved or replaced at this time, which says nothing about its content.
 */
export function isOutOfReach({ code }: PermanentError): boolean {
  return ['record.notPermitted', 'record.diskError'].includes(code);
}

/**
 * @returns null. @throws {FatalError} `disk.…` if the record cannot be accessed, so that the caller cannot set it
 * aside.
 */
export function nullIfDamaged(error: PermanentError): null {
  if (isOutOfReach(error)) throw error.cause;
  return null;
}

/** Things of one name that are set aside, before it is given up. */
const NAMES_MAX = 1_000;

/**
 * Moves a record to `damaged/` under its path. It is never deleted, and neither are files that were moved there
 * earlier.
 *
 * @throws {FatalError} `disk.…`
 */
export function setAside(dataDir: string, location: RecordLocation): void {
  moveToDamaged(dataDir, articlePath(location), '');
}

/**
 * Moves anything that is in the place of a folder of records to `damaged/`: a file, a pipe, a link to one. The records of the
 * folder are rebuilt from captures as they are met. A link that leads nowhere stays: its disk may not be mounted.
 *
 * @param folder Folder of a record that is about to be written, relative to `dataDir`.
 * @returns The path of the moved entry, relative to `dataDir`; null if nothing was in the way.
 * @throws {FatalError} `disk.wrongKind` for a link that leads nowhere; `disk.…`
 */
export function clearWay(dataDir: string, folder: string): string | null {
  if (isFolder(join(dataDir, folder))) return null;
  const parts = folder.split('/');
  for (let depth = 2; depth <= parts.length; depth += 1) {
    const at = parts.slice(0, depth).join('/');
    const found = lstatSync(join(dataDir, at), { throwIfNoEntry: false });
    if (found === undefined) return null;
    if (found.isDirectory() || isFolder(join(dataDir, at))) continue;
    if (found.isSymbolicLink()) refuseUnmounted(join(dataDir, at));
    moveToDamaged(dataDir, at, '.no-folder');
    return at;
  }
  return null;
}

/**
 * @param link Absolute path of a link in place of a folder of records.
 * @throws {FatalError} `disk.wrongKind` where it leads nowhere.
 */
export function refuseUnmounted(link: string): void {
  if (!leadsNowhere(link)) return;
  throw new FatalError(`Expected a folder at ${link}, found a link that leads nowhere`, {
    code: 'disk.wrongKind',
    hint: 'Is the disk that it leads to mounted? Mount it, or remove the link; nothing was touched',
  });
}

/** A link in a circle can be mended by nothing that is mounted. */
function leadsNowhere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    if (['ENOTDIR', 'ELOOP'].includes(systemCodeOf(error) ?? '')) return false;
    throw error;
  }
}

/** Under another name where one is taken. */
function moveToDamaged(dataDir: string, path: string, suffix: string): void {
  const [from, wanted] = [join(dataDir, path), join(dataDir, DAMAGED_FOLDER, `${path}${suffix}`)];
  try {
    mkdirSync(dirname(wanted), { recursive: true });
    let target = wanted;
    for (let count = 2; count <= NAMES_MAX && lstatSync(target, { throwIfNoEntry: false }) !== undefined; count += 1) {
      target = `${wanted}.${count}`;
    }
    moveAcrossDisks(from, target);
  } catch (error) {
    throw diskError(`move ${path} to ${DAMAGED_FOLDER}/`, error);
  }
}

function moveAcrossDisks(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCodeOf(error) !== 'EXDEV') throw error;
    cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    rmSync(from, { recursive: true });
  }
}
