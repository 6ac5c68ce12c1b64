import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { crawlWork } from '../../../src/cli/output/describe-crawl.js';
import { openProgress, type WorkState } from '../../../src/cli/output/progress.js';
import { displayWidth } from '../../../src/cli/output/wrap-text.js';

const AS_IT_IS = { colour: null, columns: null, isDumb: false };

function stream(terminal: { columns: number; rows: number } | null) {
  const written: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk.toString());
      done();
    },
  });
  const all = Object.assign(sink, { isTTY: terminal !== null, ...terminal }) as unknown as NodeJS.WriteStream;
  return { all, text: () => written.join(''), frames: () => written };
}

function state(fetched: number, more: Partial<WorkState> = {}): WorkState {
  return { title: 'crawl', counts: { found: 100, fetched }, done: fetched, of: 100, ...more };
}

/** What a terminal would show after all that was written: rows, the last one with the cursor. */
function screen(text: string): string[] {
  const rows = [''];
  let at = 0;
  for (const [piece] of text.matchAll(/\u001b\[[?\d;]*[A-Za-z]|\n|\r|[^\u001b\n\r]+/g)) {
    const [, count = '1', order] = /^\u001b\[(\d*)([A-Z])$/.exec(piece) ?? [];
    if (order === 'A') at = Math.max(0, at - Number(count || 1));
    else if (order === 'B') at += Number(count || 1);
    else if (order === 'K') rows[at] = '';
    else if (piece === '\n') at += 1;
    else if (!piece.startsWith('\u001b') && piece !== '\r') rows[at] = (rows[at] ?? '') + piece;
    rows[at] ??= '';
  }
  return rows;
}

it('says why nothing moves', () => {
  const pause = { host: 'sputniknews.jp', waitMs: 42_400 };
  const { counts, done, of, ...work } = crawlWork({ requests: 7, editions: {}, pause });
  const words = 'sputniknews.jp wants no request for 43 s';
  expect(work).toMatchObject({ pause: words, at: '7 requests' });
  const plain = stream(null);
  openProgress(plain.all, AS_IT_IS).show({ ...work, counts, done, of, note: null });
  vi.advanceTimersByTime(10_000);
  expect(plain.text()).toContain(`${words}; 7 requests\n`);
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('progress without a terminal', () => {
  it('is a line every ten seconds, with rate and time left', () => {
    const { all, text } = stream(null);
    const progress = openProgress(all, AS_IT_IS);
    for (let second = 0; second < 25; second += 1) {
      progress.show(state(second * 2));
      vi.advanceTimersByTime(1_000);
    }
    progress.end();
    vi.advanceTimersByTime(60_000);
    const lines = text().trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe('crawl: found 100, fetched 18; 2.0/s, about 41 s left');
  });

  it('says at once what it waits for, and again when that changes', () => {
    const { all, text } = stream(null);
    const progress = openProgress(all, AS_IT_IS);
    for (const note of [
      'waiting behind 2 other crawls',
      'waiting behind 2 other crawls',
      'waiting behind 1 other crawl',
    ])
      progress.show(state(0, { note }));
    progress.end();
    expect(text()).toBe('crawl: waiting behind 2 other crawls\ncrawl: waiting behind 1 other crawl\n');
  });

  it.each([
    ['a dumb terminal', { columns: 80, rows: 24 }, { ...AS_IT_IS, isDumb: true }],
    ['a terminal of no size', { columns: 0, rows: 0 }, AS_IT_IS],
  ])('is the same on %s', (_what, terminal, wishes) => {
    const { all, text } = stream(terminal);
    const progress = openProgress(all, wishes);
    progress.show(state(1));
    vi.advanceTimersByTime(10_000);
    progress.end();
    expect(text()).toBe('crawl: found 100, fetched 1\n');
  });
});

describe('progress on a terminal', () => {
  const parts = Array.from({ length: 30 }, (_, at) => ({
    name: `edition-${at}.example`,
    counts: { found: 10, fetched: at % 5 },
    done: at % 5,
    of: 10,
  }));

  async function shown(terminal: { columns: number; rows: number }, work: WorkState) {
    const { all, text } = stream(terminal);
    const progress = openProgress(all, AS_IT_IS);
    progress.show(work);
    // log-update is loaded by the first state that is shown.
    await vi.waitFor(
      () => {
        expect(text()).toContain('crawl');
      },
      { timeout: 10_000 },
    );
    return { progress, text };
  }

  it.each([
    [40, 10],
    [80, 24],
    [200, 50],
  ])('shows editions on as many lines as %i columns and %i rows bear', async (columns, rows) => {
    const { text } = await shown({ columns, rows }, state(60, { parts }));
    const lines = screen(text()).filter((line) => line !== '');
    expect(lines.length).toBeLessThanOrEqual(rows - 2);
    expect(lines.length).toBeGreaterThan(Math.min(rows - 5, parts.length));
    for (const line of lines) expect(displayWidth(line)).toBeLessThan(columns);
    expect(lines.join('\n')).toMatch(rows > 40 ? /^all /m : /^all 30 /m);
  });

  it('lets lines of the log through above it, and leaves nothing behind', async () => {
    const { progress, text } = await shown({ columns: 80, rows: 24 }, state(10, { parts }));
    progress.above('10:00:00 WARN: one\n');
    progress.show(state(20, { parts }));
    vi.advanceTimersByTime(1_000);
    progress.above('10:00:01 WARN: two\n');
    const during = screen(text());
    expect(during.slice(0, 2)).toEqual(['10:00:00 WARN: one', '10:00:01 WARN: two']);
    expect(during.filter((line) => line.startsWith('all'))).toHaveLength(1);
    progress.end();
    expect(screen(text()).filter((line) => line !== '')).toEqual(['10:00:00 WARN: one', '10:00:01 WARN: two']);
  });

  it('names each edition in full on 80 columns, in its place, and leaves out what is 0', async () => {
    const pages = { found: 154, toFetch: 92, fetched: 62, stored: 7, failed: 0, skipped: 0 };
    const editions = { 'am.sputniknews.ru': { ...pages, toFetch: 1 }, 'big5.sputniknews.cn': pages };
    const { text } = await shown({ columns: 80, rows: 24 }, crawlWork({ requests: 99, editions }));
    const [heading = '', first, second] = screen(text());
    expect(heading.trim().split(/\s{2,}/)).toEqual(['crawl', 'found', 'to fetch', 'fetched', 'stored', 'rate', 'left']);
    expect([first, second]).toEqual([
      expect.stringMatching(/^am\.sputniknews\.ru /),
      expect.stringMatching(/^big5\.sputniknews\.cn /),
    ]);
  });

  it('shows what would steer a terminal as what it is', async () => {
    const { text } = await shown({ columns: 80, rows: 24 }, state(1, { at: 'a\u001b[2Jb.html' }));
    expect(text()).toContain('a\ufffd[2Jb.html');
  });
});
