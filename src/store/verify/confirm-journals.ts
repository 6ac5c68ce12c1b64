import type { Article } from '../../domain/article.js';
import type { ArticleKey } from '../../domain/page.js';
import { openRecord } from '../../records/record-histories.js';
import type { Timeline } from '../../records/timeline.js';
import { Batch } from '../writer/batch.js';
import type { CommitContext } from '../writer/commit-batch.js';

/**
 * Marks the articles whose every state has its capture in the journal: only those may be folded anew from their captures when an older one
 * arrives late; the others would lose what only their record knows.
 */
export function confirmJournals({ database, tables, dataDir, setAside, strays, recentTexts }: CommitContext): void {
  const batch = new Batch(tables, dataDir, setAside, strays, recentTexts);
  const mark = database.prepare('UPDATE articles SET journal_whole = 1 WHERE key = ?');
  const keys = database.prepare('SELECT key FROM articles WHERE journal_whole = 0').all() as { key: ArticleKey }[];
  database.exec('BEGIN IMMEDIATE');
  for (const { key } of keys) {
    const row = tables.articles.get(key);
    const record = row && batch.load(key, row)?.record;
    if (record && isTold(record, timelinesOf(record))) mark.run(key);
  }
  database.exec('COMMIT');

  function timelinesOf(record: Article): ReadonlyMap<string, Timeline> {
    const articleId = record.id.slice(record.family.length + 1);
    const pages = tables.pages.ofArticle(record.family, articleId);
    return new Map(pages.map((page) => [page.edition, tables.captures.timeline(page.id)]));
  }
}

/** Whether the journal tells the same states at the same moments as the record. */
function isTold(record: Article, timelines: ReadonlyMap<string, Timeline>): boolean {
  for (const [edition, history] of openRecord(record).editions) {
    const timeline = timelines.get(edition) ?? [];
    const first = timeline.findIndex((entry) => entry.onTopic);
    const counted = first < 0 ? [] : timeline.slice(first);
    const heads = counted.filter((entry, index) => counted[index - 1]?.stateKey !== entry.stateKey);
    if (heads.length !== history.states.length) return false;
    const isPrimary = edition === record.edition;
    const fits = heads.every(({ fetchedAt, stateKey }, index) => {
      const state = history.states[index];
      if (isPrimary) return state?.seenAt === fetchedAt && state.key === stateKey;
      // A rendition that has not changed does not say when it was first seen.
      return heads.length === 1 || state?.seenAt === fetchedAt;
    });
    if (!fits) return false;
  }
  return true;
}
