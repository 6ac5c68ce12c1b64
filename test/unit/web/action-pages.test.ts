import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import type { PageResult } from '../../../src/domain/page-result.js';
import { EXPORT_FORMATS } from '../../../src/export/export-formats.js';
import type { QuarantinedPage } from '../../../src/store/catalogue/quarantine-table.js';
import { captureOf, instant } from '../records/observations.js';
import { articleResult } from '../store/fixtures.js';
import { ask, type Received } from './ask.js';
import { elements, emptySite, FAMILY, hrefs } from './page-site.js';

function answerOf(articleId: string, at: number): Pick<PageResult, 'page' | 'capture'> {
  return {
    page: { pageId: `${FAMILY}/${articleId}`, family: FAMILY, url: `https://${FAMILY}/20240501/${articleId}.html` },
    capture: captureOf({ at, articleId, title: 't', text: 'x' }),
  };
}

function quarantined(articleId: string, at: number): PageResult {
  const detail = '<b>no text</b>';
  return { ...answerOf(articleId, at), kind: 'quarantined', code: 'extract.timeout', detail, attempts: 2 };
}

const UNDELIVERED = {
  id: 'ab'.repeat(16),
  rule: 'armenia',
  target: 'desk',
  createdAt: '2024-05-10T11:00:00Z',
  triedAt: '2024-05-10T11:30:00Z',
  attempts: 9,
  answer: 'HTTP 500 <b>down</b>',
  about: 'Edited: <i>headline</i>',
};

interface Asked {
  readonly decided: [string, number[]][];
  readonly filled: [string, string][];
  readonly messages: [string, readonly string[] | null][];
}

/** Two quarantined pages on a site that notes what it is asked for. */
async function decidedSite(): Promise<{ readonly origin: string; readonly asked: Asked }> {
  const asked: Asked = { decided: [], filled: [], messages: [] };
  const { store, origin } = await emptySite({
    actions: {
      decide: (action, pages: readonly QuarantinedPage[]) => {
        asked.decided.push([action, pages.map(({ id }) => id)]);
        return Promise.resolve({ done: pages.length, kept: 0, queued: 0 });
      },
      decideMessages: (action, ids) => {
        asked.messages.push([action, ids]);
        return Promise.resolve(ids?.length ?? 3);
      },
      fill: (edition, day) => {
        asked.filled.push([edition, day]);
        return Promise.resolve(2);
      },
    },
    notifications: () => ({
      rules: [],
      troubles: [{ step: 'events', since: '2024-05-10T11:00:00Z', reason: 'disk I/O <error>' }],
      undelivered: { count: 1, messages: [UNDELIVERED] },
    }),
    jobs: () => Promise.resolve([]),
    listDays: () => ({ gaps: [], unreadDays: ['2024-05-01'] }),
    status: () =>
      Promise.resolve({
        queues: [{ name: 'page', waiting: 0, active: 0, delayed: 0, failed: 0 }],
        freshness: [],
        failingPages: { count: 0, pages: [] },
        runCounts: [],
      }),
  });
  await store.storePage(quarantined('1000000201', 1));
  await store.storePage(quarantined('1000000202', 2));
  return { origin: await origin(), asked };
}

async function wordOf(origin: string): Promise<string> {
  const { body } = await ask(`${origin}/quarantine`);
  expect(body).toContain('&lt;b&gt;no text&lt;/b&gt;');
  return /name="word" value="([\w-]+)"/.exec(body)?.[1] ?? '';
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function send(url: string, fields: string, headers: Readonly<Record<string, string>> = {}): Promise<Received> {
  const length = { 'content-length': String(Buffer.byteLength(fields)) };
  const ours = { ...FORM, ...length, 'sec-fetch-site': 'same-origin' };
  return ask(url, { ...ours, ...headers }, { method: 'POST', body: fields });
}

describe('what can be asked for from a page', () => {
  it('is to send undelivered messages again, or to give them up', async () => {
    const { origin, asked } = await decidedSite();
    const { body } = await ask(`${origin}/notifications`);
    expect(body).toContain('&lt;b&gt;down&lt;/b&gt;');
    expect(body).toContain('Edited: &lt;i&gt;headline&lt;/i&gt;');
    const word = await wordOf(origin);
    const retried = await send(`${origin}/notifications/retry`, `word=${word}&id=${UNDELIVERED.id}`);
    expect([retried.status, retried.headers.location]).toEqual([303, '/notifications?did=retry&count=1']);
    expect((await ask(origin + retried.headers.location!)).body).toContain('1 message to be sent again.');
    await send(`${origin}/notifications/retry`, `word=${word}&all=true`);
    await send(`${origin}/notifications/drop`, `word=${word}&id=${UNDELIVERED.id}`);
    expect(asked.messages).toEqual([
      ['retry', [UNDELIVERED.id]],
      ['retry', null],
      ['drop', [UNDELIVERED.id]],
    ]);
    expect((await send(`${origin}/notifications/drop`, `word=wrong&id=${UNDELIVERED.id}`)).status).toBe(403);
    expect(
      (await send(`${origin}/notifications/drop`, `word=${word}`, { 'sec-fetch-site': 'cross-site' })).status,
    ).toBe(403);
  });

  it('is to read a quarantined page again, to give it up, and all of them', async () => {
    const { origin, asked } = await decidedSite();
    const word = await wordOf(origin);
    const retried = await send(`${origin}/quarantine/retry`, `word=${word}&id=1`);
    expect([retried.status, retried.headers.location]).toEqual([303, '/quarantine?did=retry&done=1&kept=0&queued=0']);
    expect((await ask(origin + retried.headers.location!)).body).toContain('1 page read.');
    await send(`${origin}/quarantine/drop`, `word=${word}&id=2&id=1`, { 'sec-fetch-mode': 'navigate' });
    await send(`${origin}/quarantine/retry`, `word=${word}&all=true`);
    await send(`${origin}/quarantine/retry`, `word=${word}&id=77`);
    expect(asked.decided).toEqual([
      ['retry', [1]],
      ['drop', [2, 1]],
      ['retry', [1, 2]],
      ['retry', []],
    ]);
  });

  it('is to have a day read again', async () => {
    const { origin, asked } = await decidedSite();
    const { body } = await ask(`${origin}/coverage/${FAMILY}/2024-05-01`);
    const word = /name="word" value="([\w-]+)"/.exec(body)?.[1] ?? '';
    const { status, headers } = await send(`${origin}/coverage/${FAMILY}/2024-05-01/fill`, `word=${word}`);
    expect([status, headers.location]).toEqual([303, `/coverage/${FAMILY}/2024-05-01?queued=2`]);
    expect((await ask(origin + headers.location!)).body).toContain('2 crawls queued');
    expect(asked.filled).toEqual([[FAMILY, '2024-05-01']]);
  });

  it.each([
    ['without the word', 'id=1', {}, 400],
    ['with another word', 'word=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&id=1', {}, 403],
    ['from another site', 'WORD&id=1', { 'sec-fetch-site': 'cross-site' }, 403],
    [
      'from another site by navigation',
      'WORD&id=1',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      403,
    ],
    ['from a script of this server, which would have read the word', 'WORD&id=1', { 'sec-fetch-mode': 'cors' }, 403],
    ['from a script that looks away', 'WORD&id=1', { 'sec-fetch-mode': 'same-origin' }, 403],
    ['from a sister site', 'WORD&id=1', { 'sec-fetch-site': 'same-site' }, 403],
    ['with a foreign origin', 'WORD&id=1', { 'sec-fetch-site': '', origin: 'https://evil.example' }, 403],
    ['as JSON', 'WORD', { 'content-type': 'application/json' }, 415],
    ['as text', 'WORD&id=1', { 'content-type': 'text/plain' }, 415],
    ['by a name that is not ours', 'WORD&id=1', { host: 'evil.example' }, 421],
    ['with an id that is none', "WORD&id=1'--", {}, 400],
    ['with a field that is not known', 'WORD&colour=red', {}, 400],
    ['with the word twice', 'WORD&WORD&id=1', {}, 400],
    ['with a form that is too long', `WORD&${'id=1&'.repeat(4_000)}`, {}, 413],
  ])('is nothing %s', async (_what, fields, headers, status) => {
    const { origin, asked } = await decidedSite();
    const text = fields.replaceAll('WORD', `word=${await wordOf(origin)}`);
    const answer = await send(`${origin}/quarantine/drop`, text, headers).catch(() => ({ status: 413 }));
    expect(answer.status).toBe(status);
    expect(asked.decided).toEqual([]);
  });

  it('is never done by a link, nor anywhere else', async () => {
    const { origin, asked } = await decidedSite();
    const word = await wordOf(origin);
    for (const path of [
      `/quarantine/drop?word=${word}&id=1`,
      '/quarantine/drop',
      '/notifications/retry',
      `/coverage/${FAMILY}/2024-05-01/fill`,
    ]) {
      expect((await ask(origin + path)).status).toBe(404);
    }
    for (const path of [
      '/',
      '/articles',
      '/quarantine',
      '/quarantine/retry/',
      '/notifications',
      '/quarantine/drop?x=1',
      '/api/articles',
    ]) {
      expect((await send(origin + path, `word=${word}&id=1`)).status).toBe(405);
    }
    expect(asked).toEqual({ decided: [], filled: [], messages: [] });
  });

  it('is nothing where no service is at work', async () => {
    const { store, origin } = await emptySite();
    await store.storePage(quarantined('1000000201', 1));
    const { body } = await ask(`${await origin()}/quarantine`);
    expect(elements(body, 'form')).toEqual([]);
    expect(body).toContain('sputnik failed retry');
  });
});

describe('the coverage', () => {
  it('shows each day of a year once, as it stands, with a way to its ledger', async () => {
    const { store, origin } = await emptySite({
      listDays: () => ({
        gaps: [{ day: '2024-03-04', route: 'sitemap', reason: 'timeout', failedAt: '2024-03-05T00:00:00Z' }],
        unreadDays: ['2024-03-03', '2024-03-04'],
      }),
    });
    await store.storePage(articleResult({ at: 1, articleId: '1000000100', title: 'a', text: 'b' }));
    await store.storePage(quarantined('1000000202', 2));
    const site = await origin();
    const { body } = await ask(`${site}/coverage?edition=${FAMILY}&year=2024`);
    const days = elements(body, 'li').filter(({ attribs }) => /^day-\w+(?: from-\d)?$/.test(attribs?.['class'] ?? ''));
    expect(days).toHaveLength(366 + 4);
    const label = (day: string): string => new RegExp(`${day}" title="([^"]+)"`).exec(body)?.[1] ?? '';
    expect(label('2024-03-04')).toBe('gap; a list could not be had');
    expect(label('2024-03-03')).toBe('never read whole');
    expect(label('2024-03-02')).toBe('nothing published');
    expect(label('2024-05-01')).toMatch(/^gap; .*1 without a good end$/);
    expect(hrefs(body).filter((href) => href.startsWith(`/coverage/${FAMILY}/2024-`))).toHaveLength(131);
    const day = (await ask(`${site}/coverage/${FAMILY}/2024-05-01`)).body;
    expect(day).toContain('quarantined: extract.timeout');
    expect((await ask(`${site}/coverage/evil.example/2024-05-01`)).status).toBe(404);
    expect((await ask(`${site}/coverage/${FAMILY}/2024-02-30`)).status).toBe(400);
    expect((await ask(`${site}/coverage?year=99999`)).status).toBe(400);
  });
});

describe('the day that it is', () => {
  it.each([
    ['Asia/Shanghai', '2024-05-11', '2024-05-10'],
    ['UTC', '2024-05-10', '2024-05-09'],
  ])('is that of the edition: %s', async (timeZone, today, yesterday) => {
    const { store, origin } = await emptySite({
      now: () => Date.UTC(2024, 4, 10, 20),
      timeZones: { [FAMILY]: timeZone },
    });
    await store.storePage(articleResult({ at: 1, articleId: '1000000100', title: 'a', text: 'b' }));
    const site = await origin();
    const days = hrefs((await ask(`${site}/coverage?edition=${FAMILY}`)).body).filter((href) => /-\d\d$/.test(href));
    expect(days.at(-1)).toBe(`/coverage/${FAMILY}/${today}`);
    expect((await ask(`${site}/coverage/${FAMILY}/${today}`)).body).toContain('The day is not over');
    expect((await ask(`${site}/coverage/${FAMILY}/${yesterday}`)).body).toContain('Nothing is missing of this day');
  });
});

/** Thirty articles with a substantive edit, ten with a trivial one, three withdrawn. */
async function editedSite(): Promise<string> {
  const { store, origin } = await emptySite();
  let at = 0;
  const put = async (n: number, title: string, text: string): Promise<void> => {
    at += 1;
    const result = articleResult({ at, articleId: String(1_000_000_100 + n), title, text });
    if (result.kind === 'article') await store.storePage({ ...result, article: { ...result.article, images: [] } });
  };
  for (let n = 0; n < 40; n += 1) await put(n, `Title ${n}`, `第${n}条新闻的全文`);
  for (let n = 0; n < 40; n += 1) await put(n, n < 30 ? `Other ${n} <b>` : `Title ${n}!`, `第${n}条新闻的全文`);
  for (let n = 0; n < 3; n += 1) {
    for (const later of [200, 100_000]) {
      await store.storePage({ ...answerOf(String(1_000_000_100 + n), later + n), kind: 'gone', reason: 'notFound' });
    }
  }
  return origin();
}

describe('the stream of edits', () => {
  it('gives substantive edits and withdrawals once, newest first, page by page; trivial ones when asked for', async () => {
    const origin = await editedSite();
    const seen: string[] = [];
    for (let next = '/edits'; next !== '';) {
      const { body } = await ask(origin + next);
      const items = elements(body, 'h2').flatMap(({ children }) => children?.[0]?.attribs?.['href'] ?? []);
      seen.push(...items);
      next = elements(body, 'a').find(({ attribs }) => attribs?.['rel'] === 'next')?.attribs?.['href'] ?? '';
    }
    expect(seen.filter((_href, index) => index < 3).map((href) => href.slice(-1))).toEqual(['2', '1', '0']);
    expect(seen).toHaveLength(33);
    expect(new Set(seen).size).toBe(30);
    const all = (await ask(`${origin}/edits?trivial=yes`)).body;
    expect(all).toContain('Title 39!');
    const gone = (await ask(`${origin}/edits?kind=withdrawn`)).body;
    expect(gone.match(/chip bad/g)).toHaveLength(3);
    expect((await ask(`${origin}/edits?kind=picture`)).body).toContain('Nothing of this kind');
    expect((await ask(`${origin}/edits?kind=colour`)).status).toBe(400);
  });

  it('is that of whole days, to the last second of the last one', async () => {
    const { store, origin } = await emptySite();
    const midnight = Date.parse(`${instant(0).slice(0, 10)}T00:00:00Z`);
    const at = (midnight + 86_400_000 - 1_000 - Date.parse(instant(0))) / 1_000;
    await store.storePage(articleResult({ at: at - 60, title: 'a', text: '全文' }));
    await store.storePage(articleResult({ at, title: 'b', text: '全文' }));
    const day = instant(at).slice(0, 10);
    const site = await origin();
    const titles = async (query: string): Promise<number> => elements((await ask(site + query)).body, 'h2').length;
    expect(await titles(`/edits?since=${day}&until=${day}`)).toBe(1);
    expect(await titles(`/edits?until=${instant(at - 86_400).slice(0, 10)}`)).toBe(0);
  });

  it('is a feed in three forms that programs read, with both wordings and no markup of others', async () => {
    const origin = await editedSite();
    for (const form of ['rss', 'atom', 'json']) {
      const { status, body } = await ask(`${origin}/feeds/edits/${form}`);
      expect(status).toBe(200);
      if (form !== 'json') expect(body).not.toContain('<b>');
      if (form === 'json') {
        const feed = JSON.parse(body) as { version: string; items: { id: string; content_html: string }[] };
        expect(feed.items).toHaveLength(33);
        expect(new Set(feed.items.map(({ id }) => id)).size).toBe(33);
        expect(feed.items[5]!.content_html).toMatch(/<del>Title \d+<\/del> <ins>Other \d+ &lt;b&gt;<\/ins>/);
      } else expect(parseDocument(body, { xmlMode: true }).children.length).toBeGreaterThan(1);
    }
    expect((await ask(`${origin}/feeds/edits/rss?topic=cheese`)).status).toBe(404);
  });
});

describe('a selection', () => {
  it('is taken away in every format, and followed as a feed, as the list shows it', async () => {
    const origin = await editedSite();
    const list = (await ask(`${origin}/articles?edited=yes&gone=no`)).body;
    expect(list).toContain('37 articles');
    const links = hrefs(list).filter((href) => href.startsWith('/download/'));
    expect(links).toHaveLength(EXPORT_FORMATS.length);
    const bodies = new Map<string, string>();
    for (const href of links) {
      const { status, headers, body } = await ask(origin + href.replaceAll('&amp;', '&'));
      expect([href, status]).toEqual([href, 200]);
      expect(headers['content-disposition']).toMatch(/^attachment; /);
      bodies.set(href.split(/[/?]/)[2] ?? '', body);
    }
    expect(bodies.get('ndjson')!.trimEnd().split('\n')).toHaveLength(37);
    expect(JSON.parse(bodies.get('json')!)).toHaveLength(37);
    const found = await ask(`${origin}/download/ndjson?q=Other`);
    expect(found.body.trimEnd().split('\n')).toHaveLength(30);
    expect((await ask(`${origin}/download/exe`)).status).toBe(400);
    expect((await ask(`${origin}/download/csv?q=%22`)).status).toBe(400);
    const feed = JSON.parse((await ask(`${origin}/feeds/json?edited=yes&gone=no`)).body) as { items: unknown[] };
    expect(feed.items).toHaveLength(37);
  });
});

describe('what is not there', () => {
  it('is a page for people, and JSON for programs', async () => {
    const { origin } = await emptySite();
    const site = await origin();
    const page = await ask(`${site}/nothing`, { accept: 'text/html,*/*' });
    expect([page.status, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(page.body).toContain('Nothing is here');
    expect(JSON.parse((await ask(`${site}/nothing`)).body)).toEqual({
      error: { code: 'web.notFound', message: 'nothing is here' },
    });
  });
});
