import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { articleJsonSchema } from '../../domain/article-json-schema.js';
import type { Article } from '../../domain/article.js';
import { UsageError } from '../../domain/errors.js';
import { writeFileAtomically, writeStreamAtomically } from '../../platform/atomic-files.js';
import { diskError, systemCodeOf } from '../../platform/disk-error.js';
import { dataCard, DatasetCounts, NOTICE, type DatasetOrigin } from '../../export/data-card.js';
import { encodeParquet } from '../../export/encode-parquet.js';

const TABLE = 'data/articles.parquet';
const LINES = 'data/articles.ndjson';

/**
 * Writes a data set: the articles as Parquet and as NDJSON, the JSON Schema, a data card, a notice of rights, and the digests of all.
 *
 * @param folder  Made by this; refused if anything stands there. It appears whole or not at all.
 * @returns       Bytes of all files.
 * @throws {UsageError} `usage.output`; {FatalError} `disk.…`; whatever `articles` throws.
 */
export async function writeDataset(
  folder: string,
  articles: Iterable<Article>,
  origin: DatasetOrigin,
): Promise<number> {
  const parent = dirname(folder);
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined && !isEmptyFolder(folder)) throw folderTaken(folder);
  const unfinished = onDisk(folder, () => {
    mkdirSync(parent, { recursive: true });
    return mkdtempSync(join(parent, `.${basename(folder)}.`));
  });
  try {
    mkdirSync(join(unfinished, 'data'));
    // A temporary folder is private to its owner; an export gets the usual permissions of this user's files.
    chmodSync(unfinished, statSync(join(unfinished, 'data')).mode & 0o777);
    const counts = await writeTables(unfinished, articles);
    const files = {
      'article.schema.json': `${JSON.stringify(articleJsonSchema(), null, 2)}\n`,
      'NOTICE.md': NOTICE,
      'README.md': dataCard(counts, origin),
    };
    for (const [name, content] of Object.entries(files)) await writeFileAtomically(join(unfinished, name), content);
    const bytes = await writeDigests(unfinished, [TABLE, LINES, ...Object.keys(files)]);
    putInPlace(unfinished, folder);
    return bytes;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** Replaces an empty folder, but never anything that was put there meanwhile. */
function putInPlace(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    const code = systemCodeOf(error) ?? '';
    throw ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(code) ? folderTaken(folder) : diskError(`write ${folder}`, error);
  }
}

function folderTaken(folder: string): UsageError {
  return new UsageError(`-o ${folder}: something is there already`, {
    code: 'usage.output',
    hint: 'a data set is a folder of its own; name one that is new',
  });
}

/** Both tables in one walk, so that they hold the same states of the same articles. */
async function writeTables(folder: string, articles: Iterable<Article>): Promise<DatasetCounts> {
  const counts = new DatasetCounts();
  const path = join(folder, LINES);
  const descriptor = onDisk(path, () => openSync(path, 'wx', 0o644));
  try {
    const alsoAsLines = function* (): Generator<Article> {
      for (const article of articles) {
        onDisk(path, () => writeSync(descriptor, `${JSON.stringify(article)}\n`));
        counts.add(article);
        yield article;
      }
    };
    await writeStreamAtomically(join(folder, TABLE), encodeParquet(alsoAsLines(), null));
  } finally {
    closeSync(descriptor);
  }
  return counts;
}

/** `SHA256SUMS`, as `sha256sum -c` reads it. */
async function writeDigests(folder: string, names: readonly string[]): Promise<number> {
  let bytes = 0;
  const lines: string[] = [];
  for (const name of [...names].sort()) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(join(folder, name)) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
    lines.push(`${hash.digest('hex')}  ${name}\n`);
  }
  await writeFileAtomically(join(folder, 'SHA256SUMS'), lines.join(''));
  return bytes + Buffer.byteLength(lines.join(''));
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOTDIR') return false;
    throw diskError(`read ${path}`, error);
  }
}

function onDisk<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw systemCodeOf(error) === null ? error : diskError(`write ${path}`, error);
  }
}
