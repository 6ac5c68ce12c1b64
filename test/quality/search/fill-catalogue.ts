import type { Article } from '../../../src/domain/article.js';
import { command, type Database } from '../../../src/store/catalogue/database.js';

/** Writes rows of articles as far as a search reads them; their words are the caller's to add. */
export function articleRows(database: Database): (article: Article) => void {
  database.exec("INSERT OR IGNORE INTO editions VALUES (1, 'sputniknews.cn', 'sputniknews.cn')");
  const put = command(
    database,
    `INSERT INTO articles (key, month, folder, edition, content_hash, bands, sketch, compared, published_at, topics, revisions,
      renditions, journal_whole)
    VALUES (?, 202405, 'articles', 1, randomblob(32), randomblob(96), randomblob(128), randomblob(16), ?, ?, 0, 0, 1)`,
  );
  return ({ id, publishedAt, topics }) => {
    put(id, publishedAt === null ? null : Date.parse(publishedAt) / 1_000, topics.join(' '));
  };
}
