import { describe, expect, it } from 'vitest';
import type { Article } from '../../../src/domain/article.js';
import type { ArticleKey } from '../../../src/domain/page.js';
import { fingerprintOf } from '../../../src/dedupe/fingerprint.js';
import { foldObservations } from '../../../src/records/fold-observations.js';
import { linksOf, type IndexedText } from '../dedupe/reference-links.js';
import { DEFAULT_DEDUPE_SETTINGS } from '../../../src/dedupe/neighbour-index.js';
import type { Observation } from '../../../src/records/timeline.js';
import { serialiseArticle } from '../../../src/store/files/article-json.js';
import type { Store } from '../../../src/store/writer/store.js';
import { seededRandom } from '../../faults/random.js';
import { shuffled } from '../records/observations.js';
import { differences, opened, recordFiles, scratchFolder, pageResultOf } from './fixtures.js';
import { makePlan } from './plan.js';

/** What must stand in the end, told by the definitions alone. */
function expectedFiles(observations: readonly Observation[]): Record<string, string> {
  const byArticle = groupByArticle(observations);
  const texts: IndexedText[] = [];
  const records = new Map<ArticleKey, Article>();
  for (const [key, group] of byArticle) {
    const record = foldObservations(group);
    if (!record) continue;
    records.set(key, record);
    const { publishedAt } = record;
    texts.push({ entry: { key, ...fingerprintOf(record), publishedAt, link: null }, text: record });
  }
  const links = linksOf(texts, DEFAULT_DEDUPE_SETTINGS);
  const files: Record<string, string> = {};
  for (const [key, record] of records) {
    const duplicateOf = links.get(key) ?? null;
    const duplicates = [...links].filter(([, link]) => link?.id === key).map(([other]) => other);
    const folder = duplicateOf?.kind === 'exact' ? 'duplicates' : 'articles';
    const month = firstMonth(record, byArticle.get(key) ?? []);
    const path = `${folder}/${record.family}/${month.slice(0, 4)}/${month.slice(4)}/${key.split('/')[1] ?? ''}.json`;
    files[path] = serialiseArticle({ ...record, duplicateOf, duplicates: duplicates.sort() });
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function groupByArticle(observations: readonly Observation[]): Map<ArticleKey, Observation[]> {
  const groups = new Map<ArticleKey, Observation[]>();
  for (const item of observations) {
    const key: ArticleKey = `${item.article.family}/${item.article.articleId}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

function firstMonth(record: Article, group: readonly Observation[]): string {
  return (
    group
      .filter(({ article, capture }) => article.topics.length > 0 && capture.fetchedAt === record.firstSeenAt)
      .map(({ article }) => article.addressDate.slice(0, 6))
      .sort()[0] ?? ''
  );
}

function reading(observations: readonly Observation[]) {
  const byOffset = new Map(observations.map((item) => [item.capture.offset, item]));
  return ({ offset }: { offset: number }) => Promise.resolve(byOffset.get(offset) ?? null);
}

async function processInBatches(store: Store, arrivals: readonly Observation[], random: () => number): Promise<void> {
  for (let index = 0; index < arrivals.length;) {
    const wave = 1 + Math.floor(random() * 8);
    await Promise.all(arrivals.slice(index, index + wave).map((item) => store.storePage(pageResultOf(item))));
    index += wave;
  }
}

describe('the files', () => {
  it('are the same in whatever order, grouping and repetition captures are processed', async () => {
    const random = seededRandom(7);
    let duplicates = 0;
    for (let round = 0; round < 12; round += 1) {
      const observations = makePlan(random, 24);
      const dataDir = scratchFolder();
      const store = await opened(dataDir, { readObservation: reading(observations) });
      const arrivals = shuffled([...observations, ...observations.slice(0, 6)], random);
      await processInBatches(store, arrivals, random);
      const wanted = expectedFiles(observations);
      expect(differences(recordFiles(dataDir), wanted), `round ${round}`).toEqual([]);
      duplicates += Object.keys(wanted).filter((path) => path.startsWith('duplicates/')).length;
    }
    expect(duplicates).toBeGreaterThan(0);
  });

  it('say how often each outcome occurred so that the sums hold', async () => {
    const random = seededRandom(11);
    const observations = makePlan(random, 40);
    const store = await opened(scratchFolder(), { readObservation: reading(observations) });
    const outcomes = await Promise.all(observations.map((item) => store.storePage(pageResultOf(item))));
    const counts = store.queries.corpus.counts();
    const stored = outcomes.filter(({ outcome }) => outcome === 'new' || outcome === 'duplicate').length;
    expect(stored).toBe(counts.articles + counts.duplicates);
    expect(outcomes.filter(({ outcome }) => outcome === 'rendition').length).toBe(counts.renditions);
  });
});
