import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../src/config/load-config.js';
import { PACKAGE_DIR } from '../src/platform/package-dir.js';

export const EDITION = 'sputniknews.cn';
export const PAGE_BYTES = 83_000;
const DAYS = 25;
const STARTED_MS = 600_000;

/** A test site in a process of its own, and the settings by which the program crawls it. */
export interface BenchSite {
  readonly origin: string;
  /** Path of a settings file. */
  readonly settings: string;
  stop(): void;
}

/**
 * Starts a test site whose pages are rendered and compressed beforehand.
 *
 * @param texts   `diverse`: unrelated articles share hardly a phrase; `alike`: they are put together from one grammar.
 * @param folder  For the settings file.
 */
export async function startBenchSite(texts: 'diverse' | 'alike', stories: number, folder: string): Promise<BenchSite> {
  const options = {
    ...{ seed: 1, stories, editions: [EDITION], days: DAYS, onTopicShare: 1, oldEngineShare: 0 },
    ...{ pageBytes: PAGE_BYTES, warm: true, diverseTexts: texts === 'diverse' },
  };
  const program = join(PACKAGE_DIR, 'dist/testsite/serve-test-site.js');
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ready = await new Promise<string>((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => {
      reject(new Error('the test site did not start'));
    }, STARTED_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(text);
      if (text.includes('\n')) clearTimeout(timer);
    });
    child.on('exit', (code) => {
      reject(new Error(`the test site ended with ${String(code)}`));
    });
  });
  const { origins, editionConfig } = JSON.parse(ready) as {
    readonly origins: Readonly<Record<string, string>>;
    readonly editionConfig: Readonly<Record<string, object>>;
  };
  const settings = join(folder, `${texts}.json`);
  writeFileSync(settings, JSON.stringify(settingsFor(editionConfig)));
  return { origin: origins[EDITION] ?? '', settings, stop: () => child.kill() };
}

function settingsFor(editionConfig: Readonly<Record<string, object>>): object {
  const others = loadConfig({ variables: {} }).editions.filter(({ id }) => id !== EDITION);
  return {
    politeness: { delayMs: 0, concurrencyPerHost: 16 },
    crawl: { sitemapDays: DAYS + 5 },
    editions: { ...Object.fromEntries(others.map(({ id }) => [id, { enabled: false }])), ...editionConfig },
  };
}
