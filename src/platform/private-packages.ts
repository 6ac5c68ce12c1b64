import { randomBytes } from 'node:crypto';
import {
  access,
  chmod,
  constants,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { FatalError } from '../domain/errors.js';
import { downloadPackages, fetchLists, hasApt, missingPackages, SYSTEM_LISTS, type AptLists } from './apt-packages.js';
import { systemCodeOf } from './disk-error.js';
import { runProgram } from './run-program.js';

/**
 * Private copies of system packages: programs such as a Redis server or a browser, with the libraries that are missing
 * here, unpacked into a cache folder and run from there. The system is not changed and no rights are needed.
 *
 *     <cacheDir>/packages/<os>-<version>-<architecture>/<name>/
 *       copy.json   program and folders of libraries; written last
 *       run         starts the program with its libraries
 *       root/       the unpacked packages
 *
 * A copy is made in a folder of another name and renamed: it is whole or not there. Two processes may make it at once;
 * one of them wins.
 */
interface PrivatePackageRequest {
  /** The package's name in the archive: `redis-server`, `chromium-headless-shell`. */
  readonly name: string;
  readonly binary: string;
  /** Folder for caches, `~/.cache/sputnik-harvester`; made if it is missing. */
  readonly cacheDir: string;
  /** Is told in one line what takes time. */
  readonly onProgress?: (line: string) => void;
}

export interface PrivatePackage {
  /** Starts the program from anywhere, its libraries included: a script that becomes the program (same pid). */
  readonly executable: string;
  /** The program itself, for who must set its name; needs {@link env}. */
  readonly program: string;
  /** What the program needs in its environment when it is not started through {@link executable}. */
  readonly env: Readonly<Record<string, string>>;
}

const copySchema = z.strictObject({ program: z.string(), libraryFolders: z.array(z.string()) });
const UNPACK_DEADLINE_MS = 120_000;
const TRIAL_DEADLINE_MS = 30_000;
/** A folder that was being made is an orphan after this. */
const STALE_MS = 3_600_000;
const ENTRIES_MAX = 100_000;

/**
 * Finds or makes the private copy of a package.
 *
 * @throws {FatalError} `package.unavailable` where there is no apt, the archive is out of reach, or the copy does not
 * run here.
 *
 * Idempotent; a copy that exists costs a few file reads. Making one asks the configured package archive only.
 */
export async function privatePackage(request: PrivatePackageRequest): Promise<PrivatePackage> {
  const parent = await packagesFolder(request.cacheDir);
  const folder = join(parent, request.name);
  const existing = await readCopy(folder);
  if (existing) return existing;
  if (!(await hasApt())) throw unavailable(request.name, 'neither apt-get nor dpkg-deb on this system');
  request.onProgress?.(`fetching a private copy of ${request.name} from the system's package archive (once)`);
  await makeFolder(parent, request.name);
  await removeOrphans(parent);
  const making = join(parent, `.making-${request.name}-${randomBytes(6).toString('hex')}`);
  try {
    await makeCopy(request, making);
    await publish(making, folder);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  const made = await readCopy(folder);
  if (!made) throw unavailable(request.name, `no whole copy in ${folder}`);
  return made;
}

async function makeFolder(folder: string, name: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw unavailable(name, `no folder to keep it in: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @returns the private copy if it was made before; asks nobody. */
export async function existingPrivatePackage(name: string, cacheDir: string): Promise<PrivatePackage | null> {
  return readCopy(join(await packagesFolder(cacheDir), name));
}

async function packagesFolder(cacheDir: string): Promise<string> {
  return join(cacheDir, 'packages', await platformName());
}

async function readCopy(folder: string): Promise<PrivatePackage | null> {
  let text: string;
  try {
    text = await readFile(join(folder, 'copy.json'), 'utf8');
  } catch (error) {
    // This user may not read it: it is the home folder of the user who called `sudo`.
    if (['ENOENT', 'EACCES', 'EPERM'].includes(systemCodeOf(error) ?? '')) return null;
    throw error;
  }
  const { program, libraryFolders } = copySchema.parse(JSON.parse(text));
  const env = { LD_LIBRARY_PATH: libraryFolders.map((one) => join(folder, one)).join(':') };
  return { executable: join(folder, 'run'), program: join(folder, program), env };
}

async function makeCopy(request: PrivatePackageRequest, folder: string): Promise<void> {
  const root = join(folder, 'root');
  await mkdir(root, { recursive: true });
  await fetchAndUnpack(request.name, folder, root);
  const files = await filesBelow(root);
  const program = await programAmong(files, request.binary);
  if (program === null)
    throw unavailable(request.name, `no program ${request.binary} in it (is it installed, but not on PATH?)`);
  const libraries = files.filter((path) => /\.so(?:\.[\d.]+)?$/.test(path) && /\/lib\//.test(path));
  const folders = [...new Set(libraries.map((path) => path.slice(0, path.lastIndexOf('/'))))];
  const libraryFolders = folders.map((one) => relative(folder, one)).sort();
  const inside = relative(folder, program);
  const run = join(folder, 'run');
  await writeFile(run, startScript(inside, libraryFolders));
  await chmod(run, 0o755);
  const trial = await runProgram(run, ['--version'], { deadlineMs: TRIAL_DEADLINE_MS });
  if (trial.exitCode !== 0)
    throw unavailable(request.name, `a copy that does not run: ${trial.stderr.trim().slice(0, 300)}`);
  await writeFile(join(folder, 'copy.json'), `${JSON.stringify({ program: inside, libraryFolders })}\n`);
  await syncAll(folder);
}

/**
 * With the lists of packages that the system has; if those are missing, or too old for the archive, with fresh ones of
 * our own.
 */
async function fetchAndUnpack(name: string, folder: string, root: string): Promise<void> {
  try {
    await fetchWith(SYSTEM_LISTS, name, folder, root);
  } catch (error) {
    if (!(error instanceof FatalError) || error.code !== 'package.unavailable') throw error;
    const ownLists = join(folder, 'apt');
    await fetchWith(await fetchLists(ownLists), name, folder, root);
    await rm(ownLists, { recursive: true });
  }
}

async function fetchWith(lists: AptLists, name: string, folder: string, root: string): Promise<void> {
  const archives = join(folder, 'archives');
  await rm(archives, { recursive: true, force: true });
  await mkdir(archives);
  const packages = await missingPackages(name, lists);
  if (packages.length > 0) await downloadPackages(packages, archives, lists);
  for (const archive of await readdir(archives)) {
    const end = await runProgram('dpkg-deb', ['-x', join(archives, archive), root], { deadlineMs: UNPACK_DEADLINE_MS });
    if (end.exitCode !== 0)
      throw unavailable(name, `${archive} that does not unpack: ${end.stderr.trim().slice(0, 300)}`);
  }
  await rm(archives, { recursive: true });
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  if (entries.length > ENTRIES_MAX) throw unavailable('the package', `${entries.length} files in it`);
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

/**
 * The package's own start script names absolute paths, so the program itself is looked for: an ELF file of that name,
 * or a link to one.
 */
async function programAmong(files: readonly string[], binary: string): Promise<string | null> {
  for (const path of files.filter((candidate) => candidate.endsWith(`/${binary}`))) {
    try {
      const target = await realpath(path);
      const file = await open(target, 'r');
      const start = Buffer.alloc(4);
      await file.read(start, 0, 4, 0).finally(() => file.close());
      if (start.toString('latin1') === '\x7fELF') return path;
    } catch (error) {
      // A link to something outside the copy.
      if (systemCodeOf(error) !== 'ENOENT') throw error;
    }
  }
  return null;
}

function startScript(program: string, libraryFolders: readonly string[]): string {
  const libraries = libraryFolders.map((folder) => `$here/${folder}`).join(':');
  return `#!/bin/sh
here=\${0%/*}
export LD_LIBRARY_PATH="${libraries}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$here/${program}" "$@"
`;
}

/** Moves the finished copy to its place, unless another process was faster. */
async function publish(making: string, folder: string): Promise<void> {
  try {
    await rename(making, folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemCodeOf(error) ?? '')) throw error;
  }
}

async function syncAll(folder: string): Promise<void> {
  // A power cut must not leave a copy whose marker is there and whose program is not.
  await runProgram('sync', ['-f', folder], { deadlineMs: UNPACK_DEADLINE_MS });
}

async function removeOrphans(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith('.making-')) continue;
    const path = join(parent, name);
    const age = Date.now() - (await stat(path)).mtimeMs;
    if (age > STALE_MS) await rm(path, { recursive: true, force: true });
  }
}

/** Copies of one system do not run on another that shares the home folder. */
async function platformName(): Promise<string> {
  let release = '';
  try {
    release = await readFile('/etc/os-release', 'utf8');
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
  const id = /^ID="?([^"\n]*)/m.exec(release)?.[1] ?? 'any';
  const version = /^VERSION_ID="?([^"\n]*)/m.exec(release)?.[1] ?? 'any';
  return `${id}-${version}-${process.arch}`.replace(/[^A-Za-z0-9._-]/g, '_');
}

function unavailable(name: string, found: string): FatalError {
  return new FatalError(`Expected a private copy of ${name}, found ${found}`, {
    code: 'package.unavailable',
    hint: `apt-get install ${name}`,
  });
}
