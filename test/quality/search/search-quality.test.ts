import type { ArticleKey } from '../../../src/domain/page.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fullTextTable } from '../../../src/store/catalogue/catalogue-tables.js';
import { openForWriting } from '../../../src/store/catalogue/open-database.js';
import { searchCorpus } from '../../../src/store/catalogue/search-corpus.js';
import { sampleArticle } from '../../unit/export/sample-articles.js';
import { KNOWN_QUERIES, SEARCHED_ARTICLES, type KnownQuery } from './corpus.js';
import { articleRows } from './fill-catalogue.js';

const folder = mkdtempSync(join(tmpdir(), 'sputnik-search-'));
const { database } = openForWriting(join(folder, 'catalogue.db'));
afterAll(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const articles = new Map(
  SEARCHED_ARTICLES.map(({ name, language, title, text, tags }, at) => {
    const record = sampleArticle({
      ...{ title, language, lead: null, body: [{ type: 'text', text }] },
      tags: tags.map((tag) => ({ name: tag, url: null, kind: null })),
      id: `sputniknews.cn/${2_000_000_000 + at}`,
    });
    return [record.id, { name, record }];
  }),
);
const [addRow, fullText] = [articleRows(database), fullTextTable(database)];
for (const { record } of articles.values()) {
  addRow(record);
  fullText.put(record);
}

function found({ query }: KnownQuery): string[] {
  const read = (key: ArticleKey) => articles.get(key)?.record ?? null;
  const { total, hits } = searchCorpus(database, read, { text: query, perPage: 100 });
  expect(hits).toHaveLength(total);
  return hits.map(({ article }) => articles.get(article.id)?.name ?? '').sort();
}

/** The share of what is wanted, over all queries of a kind, that is found. */
function recallOf(kind: KnownQuery['kind']): { readonly recall: number; readonly missed: string[] } {
  const queries = KNOWN_QUERIES.filter((one) => one.kind === kind);
  const missed = queries.flatMap((one) => {
    const names = found(one);
    return one.wanted.filter((name) => !names.includes(name)).map((name) => `${one.query}: ${name}`);
  });
  const wanted = queries.flatMap((one) => one.wanted).length;
  return { recall: 1 - missed.length / wanted, missed };
}

describe('the search over texts in eight languages', () => {
  it('has at least sixty queries with known answers', () => {
    expect(KNOWN_QUERIES.length).toBeGreaterThanOrEqual(60);
    expect(new Set(SEARCHED_ARTICLES.map(({ language }) => language.slice(0, 2))).size).toBeGreaterThanOrEqual(8);
  });

  it('finds every article by the forms that stand in it', () => {
    expect(recallOf('exact')).toEqual({ recall: 1, missed: [] });
  });

  it('finds them by other forms, nineteen of twenty at least', () => {
    const { recall, missed } = recallOf('inflected');
    expect(missed).toEqual([]);
    expect(recall).toBeGreaterThanOrEqual(0.95);
  });

  it('leaves nothing out that is not excluded', () => {
    expect(recallOf('excluding')).toEqual({ recall: 1, missed: [] });
  });

  it.each(KNOWN_QUERIES.filter(({ unwanted }) => unwanted !== undefined))('does not find others: $query', (query) => {
    const names = found(query);
    expect(names.filter((name) => query.unwanted?.includes(name))).toEqual([]);
  });
});
