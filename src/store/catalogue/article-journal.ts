import type { ArticleKey } from '../../domain/page.js';
import type { JournalReading } from './capture-log.js';
import type { CatalogueTables } from './catalogue-tables.js';
import type { PageRow } from './page-rows.js';

/** What the catalogue knows of an article's pages and of their captures that an extractor has judged. */
export interface ArticleJournal {
  readonly pages: readonly PageRow[];
  readonly captures: readonly JournalReading[];
}

/** Reads the journal of one article. */
export function journalOf(
  { pages, captures }: Pick<CatalogueTables, 'pages' | 'captures'>,
  key: ArticleKey,
): ArticleJournal {
  const [family = '', articleId = ''] = key.split('/');
  const rows = pages.ofArticle(family, articleId);
  return { pages: rows, captures: captures.readings(rows.map(({ id }) => id)) };
}
