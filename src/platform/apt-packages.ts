import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FatalError } from '../domain/errors.js';
import { runProgram } from './run-program.js';

/**
 * The part of apt that changes nothing on the system: which packages are missing here, and their files. apt itself
 * checks signatures and digests of what it fetches. Works for any user.
 */

/** Options that say where apt finds its lists of packages. */
export type AptLists = readonly string[];

export const SYSTEM_LISTS: AptLists = [];

const LOOK_DEADLINE_MS = 60_000;
const UPDATE_DEADLINE_MS = 180_000;
const DOWNLOAD_DEADLINE_MS = 300_000;
/** More than any one program has needed so far; a longer list means that apt wants to rebuild the system. */
const PACKAGES_MAX = 200;

/** @returns true where packages can be fetched and unpacked: Debian, Ubuntu and their kin. */
export async function hasApt(): Promise<boolean> {
  const [apt, dpkg] = await Promise.all([
    runProgram('apt-get', ['--version'], { deadlineMs: LOOK_DEADLINE_MS }),
    runProgram('dpkg-deb', ['--version'], { deadlineMs: LOOK_DEADLINE_MS }),
  ]);
  return apt.exitCode === 0 && dpkg.exitCode === 0;
}

/**
 * Fetches lists of packages into a folder of ours; the system's lists stay as they are (they may be missing, stale, or
 * not ours to write).
 *
 * @throws {FatalError} `package.unavailable` if apt cannot reach its sources.
 */
export async function fetchLists(folder: string): Promise<AptLists> {
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  const lists = ['-o', `Dir::State::lists=${join(folder, 'lists')}`, '-o', `Dir::Cache=${join(folder, 'cache')}`];
  await apt([...lists, 'update'], UPDATE_DEADLINE_MS, 'the lists of packages');
  return lists;
}

/**
 * Asks apt what an installation would add here.
 *
 * @returns `name=version` of the package and whatever it needs that is not installed; empty if it is installed already.
 * @throws {FatalError} `package.unavailable` if apt knows no such package or cannot satisfy it.
 */
export async function missingPackages(name: string, lists: AptLists): Promise<readonly string[]> {
  const words = [...lists, '-s', 'install', '--no-install-recommends', name];
  const told = await apt(words, LOOK_DEADLINE_MS, `the package ${name}`);
  const missing = told.split('\n').flatMap((line) => {
    const [, one, version] = /^Inst (\S+) (?:\[[^\]]*\] )?\((\S+) /.exec(line) ?? [];
    return one === undefined || version === undefined ? [] : [`${one}=${version}`];
  });
  if (missing.length > PACKAGES_MAX)
    throw unavailable(`at most ${PACKAGES_MAX} packages for ${name}`, String(missing.length));
  return missing;
}

/** Fetches the packages' files into a folder. @throws {FatalError} `package.unavailable` */
export async function downloadPackages(packages: readonly string[], folder: string, lists: AptLists): Promise<void> {
  await apt([...lists, 'download', ...packages], DOWNLOAD_DEADLINE_MS, packages.join(', '), folder);
}

async function apt(words: readonly string[], deadlineMs: number, wanted: string, folder?: string): Promise<string> {
  // Through `env`, so that the rest of the environment (a proxy, say) reaches apt; the words that we look for are
  // English.
  const all = [
    'LC_ALL=C',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-q',
    '-o',
    'APT::Sandbox::User=root',
    ...words,
  ];
  const end = await runProgram('env', all, { deadlineMs, ...(folder === undefined ? {} : { folder }) });
  if (end.exitCode === 0) return end.stdout;
  const reason = end.failure === 'deadline' ? `no end after ${deadlineMs} ms` : lastError(end.stderr);
  throw unavailable(wanted, reason);
}

function lastError(stderr: string): string {
  return (stderr.match(/^E: .*$/gm)?.at(-1) ?? stderr.trim().split('\n').at(-1) ?? '').slice(0, 300);
}

function unavailable(wanted: string, found: string): FatalError {
  return new FatalError(`Expected ${wanted} from the system's package archive, found ${found}`, {
    code: 'package.unavailable',
  });
}
