import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../../src/config/load-config.js';
import type { TestSite } from '../../../testsite/start-test-site.js';

/** The built program, as a user starts it. */
export const MAIN = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One data directory with its settings, and the commands run on it. */
export interface Workplace {
  readonly dataDir: string;
  readonly configFile: string;
  start(words: readonly string[], environment?: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams;
  run(words: readonly string[], input?: string): Promise<Finished>;
  /** Runs with `--json`. @returns the one document. */
  document(words: readonly string[]): Promise<{ code: number | null; value: unknown }>;
  remove(): Promise<void>;
}

/** @param settings  Laid over the defaults, e.g. the test site's editions. */
export async function createWorkplace(settings: object): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'sputnik-program-'));
  const dataDir = join(folder, 'data');
  const configFile = join(folder, 'settings.json');
  await writeFile(configFile, JSON.stringify(settings));
  const start: Workplace['start'] = (words, environment = {}) =>
    spawn(process.execPath, [MAIN, ...words, '--config', configFile, '--data-dir', dataDir], {
      env: { ...cleanEnvironment(), ...environment },
      detached: true,
    });
  const run: Workplace['run'] = (words, input) => {
    const child = start(words);
    child.stdin.end(input ?? '');
    return finished(child);
  };
  return {
    dataDir,
    configFile,
    start,
    run,
    document: async (words) => {
      const { code, stdout, stderr } = await run([...words, '--json']);
      try {
        return { code, value: JSON.parse(stdout) as unknown };
      } catch {
        throw new Error(`${words.join(' ')} ended with ${String(code)} and no document:\n${stdout}\n${stderr}`);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function cleanEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && entry[0] !== 'REDIS_URL' && !entry[0].startsWith('SPUTNIK_'),
  );
  return Object.fromEntries(entries);
}

/** Collects what a started command says until it ends. */
export function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() });
    });
  });
}

const DEFAULTS = loadConfig({ variables: {} });

/** Only the test site's editions, at full speed. */
export function testSiteSettings(testSite: TestSite): Record<string, object> {
  const disabled = Object.fromEntries(DEFAULTS.editions.map(({ id }) => [id, { enabled: false }]));
  return {
    politeness: { delayMs: 0, concurrencyPerHost: 8, timeoutMs: 10_000 },
    browser: { mode: 'never' },
    crawl: { sitemapDays: 60 },
    editions: { ...disabled, ...testSite.editionConfig() },
  };
}

/** Settings that switch every schedule off. */
export const NO_SCHEDULES: object = Object.fromEntries(
  Object.keys(DEFAULTS.schedules).map((name) => [name, { enabled: false }]),
);

/** Waits until `claim` gives something; @throws after `deadlineMs`. */
export async function eventually<T>(claim: () => Promise<T | null> | T | null, deadlineMs: number): Promise<T> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const value = await claim();
    if (value !== null) return value;
    if (performance.now() > until) throw new Error(`did not come true within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
