import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PageResult } from '../../../src/domain/page-result.js';
import type { LoggedChange } from '../../../src/store/catalogue/change-queries.js';
import { MIGRATIONS } from '../../../src/store/catalogue/migrations.js';
import { openForReading, openForWriting } from '../../../src/store/catalogue/open-database.js';
import { verifyStore } from '../../../src/store/verify/verify-store.js';
import { captureOf, instant, type ObservationSketch } from '../records/observations.js';
import { interpreterOf } from './captured-world.js';
import { articleResult, opened, scratchFolder, type QueriedStore } from './fixtures.js';

const KEY = 'sputniknews.cn/1000000001';
const OTHER = 'sputniknews.cn/1000000002';

/** Of one article, with the same picture each time. */
function seen(sketch: ObservationSketch): PageResult {
  const result = articleResult(sketch);
  return result.kind === 'article' ? { ...result, article: { ...result.article, images: [] } } : result;
}

function gone(at: number): PageResult {
  const page = {
    pageId: KEY,
    family: 'sputniknews.cn',
    url: `https://sputniknews.cn/20240501/1000000001.html`,
  } as const;
  return { kind: 'gone', page, capture: captureOf({ at }), reason: 'notFound' };
}

function told(changes: readonly LoggedChange[]): string[] {
  return changes.map((change) => {
    const what = change.kind === 'runEnded' ? change.runId : change.key.slice(-1);
    return `${what} ${change.kind} ${(Date.parse(change.at) - Date.parse(instant(0))) / 1000}`;
  });
}

/** Everything since a cursor, in readings of two. */
function since(store: QueriedStore, cursor: string): { readonly told: string[]; readonly cursor: string } {
  const all: LoggedChange[] = [];
  let after = cursor;
  for (;;) {
    const read = store.queries.changes.since(after, 2);
    if (read === null) throw new Error(`${after} is void`);
    all.push(...read.changes);
    if (read.changes.length === 0) return { told: told(all), cursor: read.cursor };
    after = read.cursor;
  }
}

describe('the log of changes', () => {
  it('tells in order what came, was edited, withdrawn, put back, linked, and which runs ended', async () => {
    const store = await opened(scratchFolder());
    const start = store.queries.changes.end();
    await store.storePage(seen({ at: 1, text: 'One.' }));
    await store.storePage(seen({ at: 2, text: 'One.' }));
    await store.storePage(seen({ at: 3, text: 'Two.' }));
    await store.storePage(gone(5));
    await store.storePage(gone(6));
    const first = since(store, start);
    expect(first.told).toEqual(['1 stored 1', '1 edited 3', '1 withdrawn 5']);
    await store.storePage(seen({ at: 8, text: 'Two.' }));
    await store.recordRun({ runId: 'r', startedAt: instant(9), durationMs: 2_500 });
    await store.recordRun({ runId: 'r', startedAt: instant(9), durationMs: 2_500 });
    await store.storePage(seen({ at: 12, text: 'Two.', articleId: '1000000002' }));
    const second = since(store, first.cursor);
    expect(second.told).toEqual(['1 restored 8', 'r runEnded 11', '2 stored 12', '1 changed 8']);
    expect(since(store, second.cursor)).toEqual({ told: [], cursor: second.cursor });
    expect(second.cursor).toBe(store.queries.changes.end());
  });

  it('tells each edit of an article of which two states are stored in one commit, and of a rendition', async () => {
    const store = await opened(scratchFolder());
    const start = store.queries.changes.end();
    await Promise.all([1, 5].map((at) => store.storePage(seen({ at, text: `State ${at}.` }))));
    const first = since(store, start);
    expect(first.told).toEqual(['1 stored 1', '1 edited 5']);
    await store.storePage(seen({ at: 9, text: 'State 9.', edition: 'big5.sputniknews.cn' }));
    await store.storePage(seen({ at: 11, text: 'State 11.', edition: 'big5.sputniknews.cn' }));
    expect(since(store, first.cursor).told).toEqual(['1 changed 9', '1 edited 11']);
  });

  it('tells nothing of a write that is undone', async () => {
    const store = await opened(scratchFolder());
    const start = store.queries.changes.end();
    const result = seen({ at: 1 });
    const wrong = { ...result, page: { ...(result as { page: object }).page, family: 'other' } } as PageResult;
    await expect(store.storePage(wrong)).rejects.toMatchObject({ code: 'page.otherIdentity' });
    expect(since(store, start).told).toEqual([]);
  });

  it('begins where the numbers of an older catalogue end, and knows its edits', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(seen({ at: 1, text: 'One.' }));
    await store.storePage(seen({ at: 3, text: 'Two.' }));
    await store.storePage(seen({ at: 4, text: 'Three.' }));
    const before = store.queries.changes.end();
    await store.close();
    const { database } = openForWriting(join(dataDir, 'catalogue.db'));
    const step = MIGRATIONS.findIndex((text) => text.includes('CREATE TABLE changes'));
    database.exec(`DROP TRIGGER articles_added_to_spans; DROP TRIGGER articles_changed_in_spans;
      DROP TABLE article_spans; DROP TABLE delay_spans; DROP INDEX captures_by_run; DROP INDEX articles_withdrawn; DROP INDEX articles_edited;
      CREATE INDEX articles_by_loss ON articles (gone_at) WHERE gone_at IS NOT NULL;
      ALTER TABLE captures DROP COLUMN run; DROP TABLE run_names; ALTER TABLE list_visits DROP COLUMN unread_entries;
      DROP TABLE changes; DROP TABLE edits; DROP TABLE numberings; DELETE FROM meta WHERE name = 'edits'; PRAGMA user_version = ${step}`);
    database.close();
    const later = await opened(dataDir);
    const end = later.queries.changes.end();
    expect(end.split('.')[1]).toBe(before.split('.')[1]);
    await later.storePage(seen({ at: 7, text: 'Four.' }));
    expect(since(later, end).told).toEqual(['1 edited 7']);
    const reading = openForReading(dataDir)!;
    const times = reading.prepare('SELECT at FROM edits ORDER BY at').all() as { at: number }[];
    reading.close();
    expect(times.map(({ at }) => at - Date.parse(instant(0)) / 1000)).toEqual([3, 4, 7]);
  });

  it('is void for cursors of before a repair, of the future, and for none', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(seen({ at: 1 }));
    const cursor = store.queries.changes.end();
    const [epoch, seq] = cursor.split('.');
    for (const wrong of [`${epoch}.${Number(seq) + 1}`, `${'0'.repeat(12)}.${seq}`, '', '1', `${cursor}.0`]) {
      expect(store.queries.changes.since(wrong, 10), wrong).toBeNull();
    }
    await store.close();
    rmSync(join(dataDir, 'catalogue.db'));
    await verifyStore({ dataDir, repair: true, interpret: interpreterOf(dataDir), bodyBytesMax: 1_000 });
    const repaired = await opened(dataDir);
    expect(repaired.queries.changes.since(cursor, 10)).toBeNull();
    const end = repaired.queries.changes.end();
    expect(since(repaired, end).told).toEqual([]);
    await repaired.storePage(seen({ at: 12, text: 'Other.', articleId: OTHER.slice(-10) }));
    expect(since(repaired, end).told).toEqual(['2 stored 12']);
  });

  it.each(['the same', 'another'])(
    'is void for a cursor of what a restored backup lacks, given out in %s run',
    async (run) => {
      const [dataDir, backup] = [scratchFolder(), scratchFolder()];
      const changed = (store: QueriedStore, at: number) => store.storePage(seen({ at, text: `State ${at}.` }));
      const select = (store: QueriedStore, changedSince: string) => store.queries.select({ changedSince }).keys;
      let store = await opened(dataDir);
      await changed(store, 1);
      const ofBackup = store.queries.changes.end();
      if (run === 'another') await store.close();
      cpSync(dataDir, backup, { recursive: true });
      if (run === 'another') store = await opened(dataDir);
      await changed(store, 2);
      const ofLost = store.queries.changes.end();
      expect(since(store, ofBackup)).toEqual({ told: ['1 edited 2'], cursor: ofLost });
      expect(since(store, ofLost).told).toEqual([]);
      await store.close();

      const restored = await opened(backup);
      for (const at of [3, 4]) {
        expect(restored.queries.changes.since(ofLost, 10)).toBeNull();
        expect(restored.queries.changes.articlesSince(ofLost, {}, 10)).toBeNull();
        expect(() => select(restored, ofLost)).toThrow(expect.objectContaining({ code: 'usage.cursor' }) as Error);
        await changed(restored, at);
      }
      expect(restored.queries.changes.since(ofLost, 10)).toBeNull();
      expect(since(restored, ofBackup).told).toEqual(['1 edited 3', '1 edited 4']);
      expect(select(restored, ofBackup)).toEqual([KEY]);
    },
  );

  it('is void for a cursor of what is not kept any more', async () => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    const start = store.queries.changes.end();
    await store.storePage(seen({ at: 1 }));
    await store.storePage(seen({ at: 2, text: 'Edited.' }));
    await store.maintain();
    expect(since(store, start).told).toEqual(['1 stored 1', '1 edited 2']);
    await store.close();
    const { database } = openForWriting(join(dataDir, 'catalogue.db'));
    database.exec('UPDATE changes SET seq = seq + 1000000 WHERE seq = 2; UPDATE sqlite_sequence SET seq = 1000002');
    database.close();
    const later = await opened(dataDir);
    await later.maintain();
    expect(later.queries.changes.since(start, 10)).toBeNull();
    const kept = later.queries.changes.end().replace(/\.\d+$/, '.1000001');
    expect(told(later.queries.changes.since(kept, 10)!.changes)).toEqual(['1 edited 2']);
  });
});
