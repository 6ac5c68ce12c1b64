import type { Import, SourceFile } from './source-file.js';
import { roomOf } from './source-file.js';

/** The rooms in the order in which data flows: a room imports itself and rooms above it. */
export const ROOMS = [
  'domain',
  'platform',
  'config',
  'sputnik',
  'crawlers',
  'captures',
  'redis',
  'queue',
  'normalise',
  'records',
  'dedupe',
  'edits',
  'search',
  'store',
  'workers',
  'export',
  'notify',
  'web',
  'app',
  'cli',
] as const;

/** Rooms whose result depends on their arguments alone. */
export const PURE_ROOMS: readonly string[] = ['domain', 'sputnik', 'normalise', 'records', 'dedupe', 'edits', 'search'];

/** Rooms that a room may not import although they stand above it. */
const CLOSED: Readonly<Record<string, readonly string[]>> = { workers: ['crawlers'] };

/** Packages that are at home in the named rooms and nowhere else. */
const HOMES: readonly (readonly [pattern: RegExp, rooms: readonly string[]])[] = [
  [/^(crawlee|got-scraping|cheerio|jsdom|@crawlee\/(?!basic$).*)$/, []],
  [/^(@crawlee\/basic|playwright|playwright-core)$/, ['crawlers']],
  [/^(linkedom|@mozilla\/readability)$/, ['sputnik']],
  [/^bullmq$/, ['queue', 'workers', 'app', 'web']],
  [/^@photostructure\/sqlite$/, ['store', 'platform', 'notify']],
  [/^nodemailer$/, ['notify']],
  [/^commander$/, ['cli']],
];

/** What a pure room may not load: the machine, and what talks to it. `node:crypto` is let in for hashing alone. */
const IMPURE_PACKAGE =
  /^(?:node:)?(fs|net|http|https|http2|tls|dns|dgram|child_process|worker_threads|os|timers|process|perf_hooks|readline|stream)(\/.*)?$|^(ioredis|bullmq|pino|pino-pretty|undici|piscina|playwright|crawlee|@crawlee\/.*)$/;
const PURE_CRYPTO = new Set(['createHash', 'hash']);
/** Functions of `platform` that read nothing but their arguments. */
const PURE_PLATFORM = new Set(['toUtcInstant', 'atOnce']);

const FORBIDDEN_FOLDER = /(^|\/)(utils?|helpers?|common|shared|types|lib|misc)\//;

/** Every rule about who imports whom. @returns one line per breach, empty where the rules hold. */
export function importBreaches(file: SourceFile): string[] {
  const breaches = [...placeBreaches(file)];
  for (const one of file.imports) {
    const breach = one.target === null ? packageBreach(file, one) : roomBreach(file, one, one.target);
    if (breach !== null) breaches.push(`${file.path}: ${breach}`);
  }
  return breaches;
}

function placeBreaches({ path, room }: SourceFile): string[] {
  const breaches: string[] = [];
  if (room === null || !(ROOMS as readonly string[]).includes(room)) breaches.push(`${path}: stands in no room`);
  if (FORBIDDEN_FOLDER.test(path)) breaches.push(`${path}: a helper lives beside its user, under its own name`);
  if (/\/index\.ts$/.test(path)) breaches.push(`${path}: is a barrel`);
  return breaches;
}

function roomBreach({ room }: SourceFile, { names, typeOnly, specifier }: Import, target: string): string | null {
  const other = roomOf(target);
  // The demo starts the test site, which ships with the package.
  if (room === 'app' && target.startsWith('testsite/')) return null;
  if (other === null) return `reaches out of src: ${specifier}`;
  if (room === null || other === room) return null;
  const [mine, theirs] = [order(room), order(other)];
  if (theirs < 0 || mine < theirs) return `${room} is above ${other}: ${specifier}`;
  if (CLOSED[room]?.includes(other) === true) return `${room} never imports ${other}: ${specifier}`;
  if (other === 'app' && room !== 'cli') return `only cli imports app: ${specifier}`;
  if (!PURE_ROOMS.includes(room) || PURE_ROOMS.includes(other) || typeOnly) return null;
  if (other === 'platform' && names.every((name) => PURE_PLATFORM.has(name))) return null;
  return `${room} is pure, ${other} is not: ${specifier}`;
}

function packageBreach({ room }: SourceFile, { specifier, names, typeOnly }: Import): string | null {
  const home = HOMES.find(([pattern]) => pattern.test(specifier));
  if (home !== undefined && !home[1].includes(room ?? '')) {
    return `${specifier} is at home in ${home[1].join(', ') || 'no room'}`;
  }
  if (room === null || !PURE_ROOMS.includes(room) || typeOnly) return null;
  if (IMPURE_PACKAGE.test(specifier)) return `${room} is pure: ${specifier}`;
  const isCrypto = /^(node:)?crypto$/.test(specifier);
  return isCrypto && !names.every((name) => PURE_CRYPTO.has(name)) ? `${room} is pure: ${specifier}` : null;
}

function order(room: string): number {
  return (ROOMS as readonly string[]).indexOf(room);
}

/** @returns each circle of imports once, as the paths along it; imports of types count too. */
export function importCircles(files: readonly SourceFile[]): string[] {
  const targets = new Map(files.map((file) => [file.path, file.imports.flatMap((one) => one.target ?? [])]));
  const circles: string[] = [];
  const done = new Set<string>();
  const follow = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) circles.push([...trail.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const target of targets.get(path) ?? []) follow(target, [...trail, path]);
    done.add(path);
  };
  for (const file of files) follow(file.path, []);
  return circles;
}
