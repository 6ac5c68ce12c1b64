import { realpathSync, statSync, type Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { diskError, systemCodeOf } from '../../platform/disk-error.js';
import { isOfForm, RECORD_FOLDERS, type RecordLocation } from './article-files.js';

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
 * @throws {FatalError} `disk.…`
 */
export async function* monthFolders(dataDir: string): AsyncGenerator<MonthFolder> {
  const roots = realRoots(dataDir);
  for (const folder of RECORD_FOLDERS) {
    for (const family of await folders(join(dataDir, folder), roots)) {
      for (const year of await folders(join(dataDir, folder, family), roots)) {
        for (const month of await folders(join(dataDir, folder, family, year), roots)) {
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

async function folders(path: string, roots: readonly string[]): Promise<string[]> {
  const entries = await entriesOf(path);
  return entries
    .filter((entry) => isFolder(path, entry, roots))
    .map((entry) => entry.name)
    .sort();
}

/** Where the folders of records really are; those that are missing are left out. */
function realRoots(dataDir: string): string[] {
  return RECORD_FOLDERS.flatMap((folder) => realPathOrNull(join(dataDir, folder)) ?? []);
}

/** Whether an entry is a folder, or a link that leads to one out of the folders of records: a family or a year may be on another disk. */
function isFolder(path: string, entry: Dirent, roots: readonly string[]): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const target = realPathOrNull(join(path, entry.name));
  if (target === null || roots.some((root) => target === root || target.startsWith(`${root}${sep}`))) return false;
  return statSync(target, { throwIfNoEntry: false })?.isDirectory() ?? false;
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
  const roots = realRoots(dataDir);
  const look = async (path: string, depth: number): Promise<void> => {
    for (const entry of await entriesOf(join(dataDir, path))) {
      const inside = `${path}/${entry.name}`;
      if (!isFolder(join(dataDir, path), entry, roots)) found.push(inside);
      else if (depth < MONTH_DEPTH - 1) await look(inside, depth + 1);
    }
  };
  for (const folder of RECORD_FOLDERS) await look(folder, 0);
  return found.sort();
}
