import { realpathSync, statSync, type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { diskError, systemCodeOf } from '../../platform/disk-error.js';
import { FatalError } from '../../domain/errors.js';
import { isOfForm, RECORD_FOLDERS, refuseUnmounted, type RecordLocation } from './article-files.js';

/** Family, year, month. */
const MONTH_DEPTH = 3;

/** One folder of records with everything in it. */
export interface MonthFolder {
  /** Absolute. */
  readonly path: string;
  readonly names: readonly string[];
  readonly locations: readonly RecordLocation[];
}

/**
 * Walks all folders of records, one month at a time, sorted. Links to folders elsewhere are followed, as the writer does; not those to another
 * folder of records, whose files would be met twice, the second time in a wrong place.
 *
 * @throws {FatalError} `disk.…`; `disk.wrongKind` for a link that leads nowhere, and for two that lead to one folder
 */
export async function* monthFolders(dataDir: string): AsyncGenerator<MonthFolder> {
  const walk = beginWalk(dataDir);
  for (const folder of RECORD_FOLDERS) {
    for (const family of await folders(join(dataDir, folder), walk)) {
      for (const year of await folders(join(dataDir, folder, family), walk)) {
        for (const month of await folders(join(dataDir, folder, family, year), walk)) {
          const path = join(dataDir, folder, family, year, month);
          const entries = (await entriesOf(path)).sort((a, b) => (a.name < b.name ? -1 : 1));
          const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.json'));
          const locations = files.map(({ name }): RecordLocation => {
            return { folder, key: `${family}/${name.slice(0, -'.json'.length)}`, month: `${year}${month}` };
          });
          yield { path, names: entries.map(({ name }) => name), locations: locations.filter(isOfForm) };
        }
      }
    }
  }
}

/** Whether any record file stands in a data directory. */
export async function hasRecords(dataDir: string): Promise<boolean> {
  for await (const { locations } of monthFolders(dataDir)) if (locations.length > 0) return true;
  return false;
}

async function folders(path: string, walk: Walk): Promise<string[]> {
  const entries = await entriesOf(path);
  return entries
    .filter((entry) => isFolder(path, entry, walk))
    .map((entry) => entry.name)
    .sort();
}

/** Links that one walk has met. */
interface Walk {
  /** Where the folders of records really are; those that are missing are left out. */
  readonly roots: readonly string[];
  /** Where links out of them lead → the link. */
  readonly links: Map<string, string>;
}

function beginWalk(dataDir: string): Walk {
  const roots = RECORD_FOLDERS.flatMap((folder) => realPathOrNull(join(dataDir, folder)) ?? []);
  return { roots, links: new Map() };
}

/** Whether an entry is a folder, or a link that leads to one out of the folders of records: a family or a year may be on another disk. */
function isFolder(path: string, entry: Dirent, { roots, links }: Walk): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const link = join(path, entry.name);
  refuseUnmounted(link);
  const target = realPathOrNull(link);
  if (target === null || roots.some((root) => isWithin(target, root))) return false;
  if (!(statSync(target, { throwIfNoEntry: false })?.isDirectory() ?? false)) return false;
  for (const [known, other] of links) {
    if (isWithin(target, known) || isWithin(known, target)) refuseBoth(link, other, target);
  }
  links.set(target, link);
  return true;
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`);
}

/** Records would be met twice, the second time in a wrong place. */
function refuseBoth(link: string, other: string, target: string): never {
  throw new FatalError(
    `Expected ${other} and ${link} to lead to different folders, found that both lead to ${target}`,
    {
      code: 'disk.wrongKind',
      hint: 'Remove the link that does not belong there; nothing was touched',
    },
  );
}

function realPathOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    // It leads nowhere.
    return null;
  }
}

async function entriesOf(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw diskError(`list ${path}`, error);
  }
}

/**
 * Checks the levels above the records, which may hold only folders.
 *
 * @returns paths of other entries, relative to `dataDir`.
 */
export async function entriesBetweenFolders(dataDir: string): Promise<string[]> {
  const found: string[] = [];
  const walk = beginWalk(dataDir);
  const look = async (path: string, depth: number): Promise<void> => {
    for (const entry of await entriesOf(join(dataDir, path))) {
      const inside = `${path}/${entry.name}`;
      if (!isFolder(join(dataDir, path), entry, walk)) found.push(inside);
      else if (depth < MONTH_DEPTH - 1) await look(inside, depth + 1);
    }
  };
  for (const folder of RECORD_FOLDERS) await look(folder, 0);
  return found.sort();
}
