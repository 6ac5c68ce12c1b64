import { Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import type { BackfillStatus } from '../../../src/app/crawl/backfill-pace.js';
import { crawlWork } from '../../../src/cli/output/describe-crawl.js';
import { backfillNote, describeBackfill } from '../../../src/cli/output/describe-schedules.js';
import { openProgress } from '../../../src/cli/output/progress.js';

const EDITION = 'sputnik.az';
const backfill: BackfillStatus = {
  ...{ runId: 'r1', requestedBy: 'cli', editions: [EDITION], since: '2020-01-01', until: '2020-03-31' },
  ...{ done: 30, parts: 91, isPaused: false, day: '2020-03-02', daysPerHour: 60, pagesPerHour: 900, pagesToGo: 915 },
  etaAt: '2026-11-26T05:01:00Z',
};

/** @returns what the command shows on a terminal while the back-fill stands so. */
async function shown(standing: BackfillStatus): Promise<string> {
  const written: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk.toString());
      done();
    },
  });
  const terminal = Object.assign(sink, { isTTY: true, columns: 300, rows: 20 }) as unknown as NodeJS.WriteStream;
  const progress = openProgress(terminal, { colour: null, columns: null, isDumb: false });
  const pages = { found: 450, toFetch: 2, fetched: 448, stored: 440, failed: 1, skipped: 0 };
  progress.show({ ...crawlWork({ requests: 700, editions: { [EDITION]: pages } }), at: backfillNote(standing) });
  // What draws is loaded by the first state that is shown.
  await vi.waitFor(
    () => {
      expect(written.join('')).toContain('crawl');
    },
    { timeout: 10_000 },
  );
  progress.end();
  return written.join('');
}

describe('a back-fill under way', () => {
  it('shows its day, its pace, what is to go and when it ends beside what the command counts', async () => {
    const text = await shown(backfill);
    expect(text).toContain('fetched 448');
    expect(text).toContain(
      '30 of 91 days, last 2020-03-02, 900 pages an hour, about 915 to go, done about 2026-11-26T05:01:00Z',
    );
  });

  it('shows no end while it is paused, and none while its pace is not known', async () => {
    expect(await shown({ ...backfill, isPaused: true, etaAt: null })).toContain('about 915 to go, paused');
    const begun = {
      ...backfill,
      done: 0,
      day: null,
      daysPerHour: null,
      pagesPerHour: null,
      pagesToGo: null,
      etaAt: null,
    };
    expect(await shown(begun)).toContain('0 of 91 days');
    expect(await shown(begun)).not.toMatch(/done about|null/);
  });

  it('tells status the same in lines', () => {
    expect(describeBackfill(backfill)).toEqual([
      `Back-fill of ${EDITION}, 2020-01-01 to 2020-03-31: 30 of 91 days done`,
      '  last day done 2020-03-02; 60 days and 900 pages an hour; about 915 pages to go; done about 2026-11-26T05:01:00Z',
    ]);
  });
});
