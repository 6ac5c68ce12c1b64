import { spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { systemClock } from '../../../src/platform/clock.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { createWorkplace, finished, MAIN, testSiteSettings, type Finished, type Workplace } from './run-sputnik.js';

const EDITIONS = ['sputniknews.cn', 'big5.sputniknews.cn', 'sputnik.az'];

/** What the documents and the help call an article, in place of which one of the corpus is asked for. */
const SHOWN = { id: /1049499304|1060000005/g, day: '20230412', az: 'https://sputnik.az/20230412/454321987.html' };

/** A crawled corpus with one edited article and one page in quarantine, and commands typed in its folder. */
export interface SharedCorpus {
  readonly workplace: Workplace;
  readonly folder: string;
  /** An article in both Chinese editions, with two states. */
  readonly articleId: string;
  /** Runs a line of shell as a user types it there: `sputnik` and `npx sputnik` are the program on this corpus. */
  type(line: string, environment?: Readonly<Record<string, string>>): Promise<Finished>;
  remove(): Promise<void>;
}

export async function openSharedCorpus(): Promise<SharedCorpus> {
  const testSite = await startTestSite({ seed: 7, stories: 30, clock: systemClock, editions: EDITIONS });
  const workplace = await createWorkplace({
    ...testSiteSettings(testSite),
    web: { port: 0 },
    schedules: { newest: { enabled: false }, revisit: { enabled: false } },
  });
  const folder = dirname(workplace.configFile);
  const { code, stderr } = await workplace.run(['crawl']);
  if (code !== 0) throw new Error(`the corpus was not crawled: ${stderr}`);
  const article = onTopic(testSite, 'sputniknews.cn');
  const az = onTopic(testSite, 'sputnik.az');
  await saveFiles(folder, testSite, { article, az });
  await editAndBreak(workplace, folder, testSite, article);
  const type: SharedCorpus['type'] = (line, environment = {}) => {
    const asShown = line
      .replaceAll(SHOWN.az, az.url)
      .replaceAll(SHOWN.id, article.articleId)
      .replaceAll(SHOWN.day, article.day);
    const child = spawn('bash', ['-c', asShown], {
      cwd: folder,
      env: { ...process.env, ...environment, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` },
      detached: true,
    });
    child.stdin.end();
    return finished(child);
  };
  return {
    workplace,
    folder,
    articleId: article.articleId,
    type,
    remove: async () => {
      await testSite.stop();
      await workplace.remove();
    },
  };
}

interface SitePage {
  readonly url: string;
  readonly articleId: string;
  readonly day: string;
}

function onTopic(testSite: TestSite, edition: string): SitePage {
  const found = testSite.truth().find((page) => page.onTopic && page.edition === edition);
  const day = /\/(\d{8})\//.exec(found?.url ?? '')?.[1];
  if (found === undefined || day === undefined) throw new Error(`no article of ${edition} is on a topic`);
  return { url: found.url, articleId: found.articleId, day };
}

async function htmlOf(testSite: TestSite, { url }: SitePage): Promise<string> {
  const { hostname, pathname } = new URL(url);
  return (await fetch(testSite.origin(hostname) + pathname)).text();
}

/** The files that the examples name. */
async function saveFiles(
  folder: string,
  testSite: TestSite,
  { article, az }: { readonly article: SitePage; readonly az: SitePage },
): Promise<void> {
  await mkdir(join(folder, 'bin'));
  await mkdir(join(folder, 'saved-pages'));
  const program = `exec "${process.execPath}" "${MAIN}"`;
  const common = `--config "${join(folder, 'settings.json')}" --data-dir "${join(folder, 'data')}"`;
  await writeFile(join(folder, 'bin/sputnik'), `#!/bin/sh\n${program} "$@" ${common}\n`);
  await writeFile(join(folder, 'bin/npx'), '#!/bin/sh\nexec "$@"\n');
  for (const name of ['sputnik', 'npx']) await chmod(join(folder, 'bin', name), 0o755);
  await writeFile(join(folder, 'page.html'), await htmlOf(testSite, az));
  const html = await htmlOf(testSite, article);
  await writeFile(join(folder, 'saved-pages/one.html'), html);
  const http = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n${html}`;
  const head = `WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: ${article.url}\r\nWARC-Date: 2023-05-01T00:00:00Z\r\n`;
  const record = `${head}Content-Length: ${Buffer.byteLength(http)}\r\n\r\n${http}\r\n\r\n`;
  await writeFile(join(folder, 'crawl-2023.warc.gz'), gzipSync(record));
  await writeFile(join(folder, 'my-settings.yaml'), 'politeness:\n  delayMs: 2000\n');
}

/** Takes in a later state of the article, and a page that nobody can read. */
async function editAndBreak(
  workplace: Workplace,
  folder: string,
  testSite: TestSite,
  article: SitePage,
): Promise<void> {
  const html = await htmlOf(testSite, article);
  const edited = join(folder, 'edited.html');
  await writeFile(edited, html.replace(/(<div class="article__text">)/, '$1Дополнено: 17 человек. '));
  const endless = join(folder, 'endless.html');
  const other = onTopic(testSite, 'big5.sputniknews.cn');
  const long = (await htmlOf(testSite, other)).replace(
    /(<div class="article__text">)/,
    `$1${'слово '.repeat(200_000)}`,
  );
  await writeFile(endless, long);
  for (const [file, { url }] of [
    [edited, article],
    [endless, other],
  ] as const) {
    const { code, stderr } = await workplace.run(['ingest', file, '--url', url]);
    if (code !== 0 && code !== 3) throw new Error(`${file} was not taken in: ${stderr}`);
  }
}
