import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../../platform/disk-error.js';
import { OPEN_AT_ONCE } from '../../platform/read-limited.js';

/** Why a file, or a record in it, could not be taken in. The closed list. */
type BadFileReason =
  | 'missing'
  | 'unreadable'
  | 'unknownKind'
  | 'tooLarge'
  | 'notGzip'
  | 'noAddress'
  | 'twoArticles'
  | 'otherArticle'
  | 'fromTheFuture'
  | 'damaged';

export interface BadFile {
  readonly path: string;
  readonly reason: BadFileReason;
  /** One line for people. */
  readonly detail: string;
}

type SavedFile =
  | { readonly kind: 'page' | 'warc'; readonly path: string }
  | { readonly kind: 'bad'; readonly bad: BadFile }
  /** In a folder, a file of another kind. */
  | { readonly kind: 'ignored'; readonly path: string };

const PAGE = /\.(?:html?|xhtml)(?:\.gz)?$/i;
const WARC = /\.warc(?:\.gz)?$/i;
/** Folders in folders; deeper ones are named as bad. */
const DEPTH_MAX = 32;

/**
 * Walks over saved pages: files as named, folders with everything in them, by name. Links in folders are not followed.
 *
 * Files are told apart by their names; one that was named itself and has another, by its first bytes.
 */
export async function* savedFiles(paths: readonly string[]): AsyncGenerator<SavedFile> {
  for (const path of paths) yield* filesAt(path, 0);
}

async function* filesAt(path: string, depth: number): AsyncGenerator<SavedFile> {
  try {
    const found = await stat(path);
    if (found.isFile()) yield await namedFile(path);
    else if (!found.isDirectory())
      yield bad(path, 'unreadable', 'a pipe, a socket or a device; expected a file or a folder');
    if (!found.isDirectory()) return;
    if (depth >= DEPTH_MAX) {
      yield bad(path, 'unreadable', `folders stand more than ${DEPTH_MAX} deep`);
      return;
    }
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) yield* filesAt(inner, depth + 1);
      else if (entry.isFile()) yield kindByName(inner) ?? { kind: 'ignored', path: inner };
      else yield { kind: 'ignored', path: inner };
    }
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === null) throw error;
    yield bad(path, code === 'ENOENT' ? 'missing' : 'unreadable', `cannot be read (${code})`);
  }
}

function kindByName(path: string): SavedFile | null {
  if (WARC.test(path)) return { kind: 'warc', path };
  return PAGE.test(path) ? { kind: 'page', path } : null;
}

const START_BYTES = 512;

async function namedFile(path: string): Promise<SavedFile> {
  const byName = kindByName(path);
  if (byName !== null) return byName;
  const file = await open(path, OPEN_AT_ONCE);
  try {
    const start = Buffer.alloc(START_BYTES);
    const { bytesRead } = await file.read(start, 0, START_BYTES, 0);
    const text = start.toString('latin1', 0, bytesRead);
    if (text.startsWith('WARC/1.')) return { kind: 'warc', path };
    if (/<(?:!doctype\s+html|html|head|meta)[\s>]/i.test(text)) return { kind: 'page', path };
  } finally {
    await file.close();
  }
  return bad(path, 'unknownKind', 'neither a page nor a WARC file; expected .html, .html.gz, .warc or .warc.gz');
}

export function bad(path: string, reason: BadFileReason, detail: string): { kind: 'bad'; bad: BadFile } {
  return { kind: 'bad', bad: { path, reason, detail } };
}
