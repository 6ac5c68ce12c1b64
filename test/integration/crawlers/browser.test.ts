import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { CrawlTally } from '../../../src/crawlers/requests/crawl-tally.js';
import type { FetchResult } from '../../../src/domain/page.js';
import type { LogFields, Logger } from '../../../src/platform/logger.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { crawl, decodedText, edition, MemoryCatalogue, plan, settings } from '../../unit/crawlers/crawl-setup.js';
import { html, startHostileSite, status, type HostileSite } from '../../unit/crawlers/hostile-site.js';
import { processTree, sendSignal } from '../../faults/process-tree.js';
import { findTestBrowser } from '../find-test-browser.js';

const ID = 'am.sputniknews.ru';
const browserPath = await findTestBrowser();
const withBrowser = test.skipIf(browserPath === null);

let site: HostileSite;
let other: HostileSite;
/** What happens when a page asks for it. */
let strike = (): void => undefined;

beforeAll(async () => {
  other = await startHostileSite();
  const elsewhere = other.origin;
  site = await startHostileSite({
    script: (_request, response) => {
      html(
        response,
        `<html><body><div id="root"></div><img src="/picture.png"><img src="${elsewhere}/picture.png">
         <script src="${elsewhere}/counter.js"></script><script src="/app.js"></script></body></html>`,
        { 'content-type': 'text/html; charset=utf-8', 'x-site': 'yes' },
      );
    },
    '/app.js': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/javascript' });
      response.end(`
        for (const url of ['${elsewhere}/beacon', 'http://169.254.169.254/latest/', '/services/lenta/', 'http://localhost:1/x'])
          fetch(url, { mode: 'no-cors' }).catch(() => {});
        fetch('/posted', { method: 'POST', body: 'x' }).catch(() => {});
        try { new WebSocket('${elsewhere.replace('http', 'ws')}/socket'); } catch {}
        fetch('/data.json').then((r) => r.json()).then(({ title }) => {
          document.getElementById('root').innerHTML =
            '<h1 class="article__title">' + title + '</h1><div class="article__body">' + navigator.userAgent + '|' + location.href + '</div>';
        });`);
    },
    '/data.json': (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"title":"написано скриптом"}');
    },
    gate: (request, response, nth) => {
      if (request.headers.cookie?.includes('passed=1')) {
        html(response, '<h1 class="article__title">за воротами</h1><div class="article__body">x</div>');
        return;
      }
      const script = '<script>document.cookie="passed=1;path=/";location.reload()</script>';
      status(403, { 'content-type': 'text/html' }, `<html><title>Just a moment...</title>${script}</html>`)(
        request,
        response,
        nth,
      );
    },
    section: (_request, response) => {
      html(response, '<html><body><h1>раздел</h1></body></html>');
    },
    fill: (_request, response) => {
      const script = 'const all=[];setInterval(()=>{for(let i=0;i<10;i++)all.push(new Uint8Array(1e7).fill(1))},5)';
      html(response, `<html><body><script>${script}</script></body></html>`);
    },
    struck: (_request, response) => {
      html(response, '<html><body><script>fetch("/strike")</script></body></html>');
    },
    '/strike': () => {
      strike();
    },
    '/large.txt': (_request, response) => {
      response.end('x'.repeat(1_000_000));
    },
    hoards: (_request, response) => {
      html(
        response,
        `<html><body><script>
          Promise.all(Array.from({ length: 10 }, () => fetch('/large.txt').then((r) => r.text(), () => ''))).then((all) => {
            document.body.innerHTML = '<h1 class="article' + '__title">' + all.filter((text) => text.length === 1e6).length + ' had</h1>';
          });
        </script></body></html>`,
      );
    },
    spin: (_request, response) => {
      html(response, '<html><body><script>for (;;) {}</script></body></html>');
    },
  });
}, 180_000);

afterAll(async () => {
  await Promise.all([site.stop(), other.stop()]);
});

interface Run {
  readonly tally: CrawlTally;
  readonly results: readonly FetchResult[];
  readonly events: readonly string[];
}

async function run(words: readonly string[], browser: Parameters<typeof settings>[0] = {}): Promise<Run> {
  const editions = [edition(ID, site.origin)];
  const book = createUrlRules(editions);
  const urls = words.map((word, index) => book.parse(`https://${ID}/20260720/${word}-${20_000_000 + index}.html`)!);
  const catalogue = new MemoryCatalogue();
  const events: string[] = [];
  const note = (fields: LogFields): number => events.push(fields.event);
  const log: Logger = { debug: note, info: note, warn: note, error: note };
  const tally = await crawl(plan(editions, { urls }), catalogue, {
    log,
    settings: settings({ ...browser, browser: { mode: 'fallback', executablePath: browserPath, ...browser.browser } }),
  });
  return { tally, results: catalogue.articles(), events };
}

describe('the browser', () => {
  withBrowser("reads a page that is written by its script, and reaches nothing but the page's own site", async () => {
    const { tally, results } = await run(['script']);
    expect(results).toMatchObject([{ kind: 'response', status: 200, via: 'browser' }]);
    const text = decodedText(results[0]!);
    expect(text).toContain('написано скриптом');
    // It shows the page our honest name and the real URL.
    expect(text).toContain(`sputnik-harvester/0.1 (+https://example.org/)|https://${ID}/20260720/script-20000000.html`);
    expect(tally.browser).toEqual({ tried: 1, helped: 1, missed: 0 });
    const asked = site.heard.map(({ path }) => path);
    expect(asked).toContain('/data.json');
    expect(asked).not.toContain('/picture.png');
    expect(asked).not.toContain('/services/lenta/');
    expect(asked).not.toContain('/posted');
    expect(other.connections()).toBe(0);
    if (results[0]?.kind !== 'response') return;
    expect(results[0].headers).toContainEqual(['x-site', 'yes']);
    expect(results[0].headers.map(([name]) => name)).not.toContain('content-encoding');
  });

  withBrowser('passes a challenge that a browser passes', async () => {
    const { tally, results } = await run(['gate']);
    expect(results).toMatchObject([{ kind: 'response', status: 200, via: 'browser' }]);
    expect(decodedText(results[0]!)).toContain('за воротами');
    expect(tally.browser).toMatchObject({ tried: 1, helped: 1 });
  });

  withBrowser('is tried once for a page that holds no article, whose plain answer is then handed on', async () => {
    const { tally, results } = await run(['section', 'plain'], { browser: { deadlineMs: 4_000 } });
    expect(results.map((result) => result.kind === 'response' && result.via)).toEqual(['http', 'http']);
    expect(tally.browser).toEqual({ tried: 1, helped: 0, missed: 0 });
    expect(tally).toMatchObject({ found: 2, fetched: 2 });
  });

  withBrowser('is ended at the deadline, and the next page gets a fresh one', async () => {
    const { tally, results, events } = await run(['spin', 'script'], {
      browser: { deadlineMs: 6_000 },
      politeness: { concurrencyPerHost: 1 },
    });
    expect(results.map((result) => result.kind === 'response' && result.via)).toEqual(['http', 'browser']);
    expect(tally.browser).toEqual({ tried: 2, helped: 1, missed: 0 });
    expect(events).toContain('browser.failed');
    expect(events.filter((event) => event === 'browser.started')).toHaveLength(2);
  });

  withBrowser('is ended by a page that fills its memory, and the next page gets a fresh one', async () => {
    const { tally, results, events } = await run(['fill', 'script'], { politeness: { concurrencyPerHost: 1 } });
    expect(results.map((result) => result.kind === 'response' && result.via)).toEqual(['http', 'browser']);
    expect(tally.browser).toEqual({ tried: 2, helped: 1, missed: 0 });
    expect(events).toContain('browser.failed');
    expect(events.filter((event) => event === 'browser.started')).toHaveLength(2);
  });

  withBrowser('costs a page alone where a process of it is killed or frozen, and leaves nothing behind', async () => {
    const strikes: (readonly [signal: NodeJS.Signals, pattern: RegExp])[] = [
      ['SIGKILL', /browser-driver/],
      ['SIGKILL', /^(?!.*--type=|.*browser-driver|\/bin\/sh).*chrom/],
      ['SIGKILL', /--type=renderer/],
      ['SIGSTOP', /--type=renderer/],
    ];
    const seen: number[][] = [];
    strike = () => {
      const [signal, pattern] = strikes[seen.length] ?? [];
      const tree = processTree(process.pid).map(({ pid }) => ({ pid, command: commandOf(pid) }));
      seen.push(tree.filter(({ command }) => /browser-driver|--type=/.test(command)).map(({ pid }) => pid));
      const struck = tree.filter(({ command }) => pattern?.test(command) === true);
      for (const { pid } of struck) sendSignal(pid, signal ?? 'SIGKILL');
    };
    const { tally, results } = await run([...strikes.map(() => 'struck'), 'script'], {
      browser: { deadlineMs: 6_000 },
      politeness: { concurrencyPerHost: 1, timeoutMs: 1_000 },
    });
    const via = results.map((result) => result.kind === 'response' && result.via);
    expect(via).toEqual([...strikes.map(() => 'http'), 'browser']);
    expect(tally.browser).toEqual({ tried: 5, helped: 1, missed: 0 });
    // Driver, browser, and what shows pages, each time anew.
    expect(seen.map((pids) => pids.length > 2)).toEqual(strikes.map(() => true));
    expect(seen.flat().filter((pid) => commandOf(pid) !== '')).toEqual([]);
  });

  withBrowser('loads no more for a page than four of the longest bodies', async () => {
    const { results } = await run(['hoards'], { politeness: { bodyBytesMax: 1_100_000 } });
    expect(results).toMatchObject([{ kind: 'response', via: 'browser' }]);
    expect(decodedText(results[0]!)).toContain('>4 had<');
  });

  withBrowser('is replaced by a fresh one after so many pages', async () => {
    const { tally, events } = await run(['script', 'script', 'script'], { browser: { pagesMax: 2 } });
    expect(tally.browser).toMatchObject({ tried: 3, helped: 3 });
    expect(events.filter((event) => event === 'browser.started')).toHaveLength(2);
  });

  withBrowser('reads every article where the settings say always', async () => {
    const before = site.heard.length;
    const { tally, results } = await run(['plain'], {
      browser: { mode: 'always' },
      politeness: { concurrencyPerHost: 1 },
    });
    expect(results).toMatchObject([{ kind: 'response', via: 'browser' }]);
    expect(tally.browser).toMatchObject({ tried: 1 });
    expect(site.heard.slice(before).map(({ path }) => path)).toEqual(['/robots.txt', '/20260720/plain-20000000.html']);
  });

  it('that is not installed does no harm, is missed once in the log, and counted', async () => {
    const { tally, results, events } = await run(['section', 'section', 'plain'], {
      browser: { executablePath: '/nonexistent/browser' },
    });
    expect(results.map((result) => result.kind === 'response' && result.via)).toEqual(['http', 'http', 'http']);
    expect(tally.browser).toEqual({ tried: 0, helped: 0, missed: 2 });
    expect(events.filter((event) => event === 'browser.missing')).toHaveLength(1);
  });

  it('that does not start does no harm either', async () => {
    const { tally, results } = await run(['section'], { browser: { executablePath: '/bin/false' } });
    expect(results).toMatchObject([{ kind: 'response', via: 'http' }]);
    expect(tally.browser).toEqual({ tried: 0, helped: 0, missed: 1 });
  });
});

/** Words with which a process was started; '' where it has ended. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
