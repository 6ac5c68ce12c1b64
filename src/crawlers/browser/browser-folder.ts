import { lstat, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { processStartOf } from '../../platform/process-start.js';

/** Temporary folders of one browser: what Playwright keeps beside it, with a note of whose it is and where the browser's own folder stands. */
const PREFIX = 'sputnik-browser-';
const NOTE = 'owner.json';
const NOTE_BYTES_MAX = 10_000;
/** As Playwright names the folder of a browser's profile. */
const PROFILE = /^playwright_chromiumdev_profile-\w+$/;
/** In the profile of a whole Chromium, a link to its socket, which stands in a folder of its own beside the profile. */
const SOCKET_LINK = 'SingletonSocket';
const SOCKET_FOLDER = /^org\.chromium\.Chromium\.\w+$/;

const noteSchema = z.strictObject({ host: z.string(), pid: z.int().min(2), start: z.string(), profile: z.string() });

export interface BrowserFolder {
  readonly path: string;
  /** @param args  With which the browser runs: they name its profile. */
  note(args: readonly string[]): Promise<void>;
  /** The browser's profile goes with it; safe to repeat. */
  remove(): Promise<void>;
}

/** Makes the folder for a browser to come, and removes those whose owners were killed. */
export async function makeBrowserFolder(parent: string = tmpdir()): Promise<BrowserFolder> {
  await removeOrphanFolders(parent);
  const path = await mkdtemp(join(parent, PREFIX));
  let profile = '';
  return {
    path,
    note: async (args) => {
      profile = args.find((arg) => arg.startsWith('--user-data-dir='))?.slice('--user-data-dir='.length) ?? '';
      const { pid } = process;
      const note: z.infer<typeof noteSchema> = { host: hostname(), pid, start: processStartOf(pid) ?? '', profile };
      await writeFile(join(path, NOTE), JSON.stringify(note));
    },
    remove: async () => {
      if (isProfile(profile, parent)) await removeProfile(profile, parent);
      await removeTree(path);
    },
  };
}

/** What cannot be read, is another user's, or has an owner that lives (or lives elsewhere) is left alone. */
async function removeOrphanFolders(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(parent, name);
    const note = (await isOwnFolder(path)) ? await readNote(path) : null;
    if (note === null || note.host !== hostname() || processStartOf(note.pid) === note.start) continue;
    const { profile } = note;
    if (isProfile(profile, parent) && (await isOwnFolder(profile))) await removeProfile(profile, parent);
    await removeTree(path);
  }
}

function isProfile(path: string, parent: string): boolean {
  return dirname(path) === parent && PROFILE.test(basename(path));
}

/** With the folder of its socket, which a whole Chromium that is ended leaves behind. */
async function removeProfile(profile: string, parent: string): Promise<void> {
  const socket = await readlink(join(profile, SOCKET_LINK)).catch(() => null);
  const folder = socket === null ? '' : dirname(socket);
  if (dirname(folder) === parent && SOCKET_FOLDER.test(basename(folder)) && (await isOwnFolder(folder)))
    await removeTree(folder);
  await removeTree(profile);
}

/** Tried again while a browser that was just ended still writes there. */
async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5 });
}

async function isOwnFolder(path: string): Promise<boolean> {
  try {
    const found = await lstat(path);
    return found.isDirectory() && found.uid === process.getuid?.();
  } catch {
    return false; // gone meanwhile
  }
}

async function readNote(path: string): Promise<z.infer<typeof noteSchema> | null> {
  try {
    const file = join(path, NOTE);
    const { size } = await lstat(file);
    if (size > NOTE_BYTES_MAX) return null;
    return noteSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null; // none yet, or none of ours
  }
}
