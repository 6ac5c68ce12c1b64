import { createHash } from 'node:crypto';
import { query, type Database } from '../catalogue/database.js';

/**
 * Everything in the catalogue that records and captures tell, by natural names and in a fixed order: two catalogues of the same files are
 * equal here, however they came about. Left out: numbers of rows, what an outcome was called when it happened, 304s and lists in the journal
 * (dropped once their file is processed), runs, attempts, which page is the example of a reading. Of the full text: the digest of what the
 * terms of each article were made of, and how many there are in each column.
 */
const TABLES: Readonly<Record<string, string>> = {
  pages: `SELECT e.name, e.family, p.article_id, p.url, p.url_at, p.day, p.end_state, p.reason, p.last_fetched_at, p.etag,
      p.last_modified, p.validators_at, p.published_at, p.touched_at, p.failures, p.last_failure, p.gone_suspected_at, p.gone_at
    FROM pages p JOIN editions e ON e.id = p.edition ORDER BY e.name, p.article_id`,
  captures: `SELECT f.path, c.offset, c.length, c.kind, e.name, p.article_id, c.fetched_at, hex(c.sha256), hex(c.state),
      c.on_topic, c.reason
    FROM captures c JOIN files f ON f.id = c.file LEFT JOIN pages p ON p.id = c.page LEFT JOIN editions e ON e.id = p.edition
    WHERE c.kind NOT IN ('notModified', 'list') ORDER BY f.path, c.offset`,
  articles: `SELECT a.key, a.month, a.folder, e.name, hex(a.content_hash), hex(a.bands), hex(a.sketch), hex(a.compared), a.decided, a.edited_at, a.published_at, a.topics, a.revisions,
      a.renditions, o.key AS original, a.duplicate_kind, a.similarity, a.first_seen_at, a.last_seen_at, a.gone_at, a.journal_whole
    FROM articles a JOIN editions e ON e.id = a.edition LEFT JOIN articles o ON o.id = a.duplicate_of ORDER BY a.key`,
  articleCounts: `SELECT c.day, e.name, c.topics, c.articles, c.exact, c.near, c.gone, c.edited, c.revisions, c.renditions
    FROM article_counts c JOIN editions e ON e.id = c.edition WHERE c.articles <> 0 ORDER BY c.day, e.name, c.topics`,
  pageCounts: `SELECT e.name, c.day, c.state, c.pages FROM page_counts c JOIN editions e ON e.id = c.edition
    WHERE c.pages <> 0 ORDER BY e.name, c.day, c.state`,
  edits: 'SELECT a.key, m.kind, m.at FROM edits m JOIN articles a ON a.id = m.article ORDER BY a.key, m.kind, m.at',
  sightings: `SELECT e.name, p.article_id, s.route, s.tag_path, l.url, s.first_seen_at, s.last_seen_at
    FROM sightings s JOIN pages p ON p.id = s.page JOIN editions e ON e.id = p.edition JOIN lists l ON l.id = s.list
    ORDER BY e.name, p.article_id, s.route, s.tag_path`,
  listFetches: `SELECT e.name, v.to_day, v.from_day, l.url, v.kind, v.is_whole, v.failure, v.first_at, v.last_at, v.visits
    FROM list_visits v JOIN editions e ON e.id = v.edition JOIN lists l ON l.id = v.list
    ORDER BY e.name, v.to_day, v.from_day, l.url, v.kind, v.is_whole, v.failure`,
  tagPages: `SELECT e.name, t.topic, t.path, t.learned_from, t.first_seen_at, t.last_seen_at
    FROM tag_pages t JOIN editions e ON e.id = t.edition ORDER BY e.name, t.topic, t.path`,
  quarantine: `SELECT f.path, q.offset, q.code, q.dropped_at FROM quarantine q JOIN files f ON f.id = q.file
    ORDER BY f.path, q.offset`,
  readings: `SELECT r.day, e.name, r.reader, r.filled, r.disagreed, r.pages FROM readings r JOIN editions e ON e.id = r.edition
    ORDER BY r.day, e.name, r.reader, r.filled, r.disagreed`,
  extractorChanges: `SELECT f.path, r.offset, r.article, r.noted_at, r.change FROM reader_changes r JOIN files f ON f.id = r.file
    ORDER BY f.path, r.offset`,
  words: `SELECT a.key, hex(a.indexed), hex(d.sz) FROM articles a FULL JOIN full_text_docsize d ON d.id = a.id ORDER BY a.key, d.id`,
};

/** @returns a SHA-256 in hex for each table: which of them differ tells where two catalogues do. */
export function catalogueDigest(database: Database): Record<string, string> {
  return Object.fromEntries(Object.entries(TABLES).map(([name, text]) => [name, digestOfRows(database, text)]));
}

function digestOfRows(database: Database, text: string): string {
  const hash = createHash('sha256');
  for (const row of query(database, text).iterate()) hash.update(`${JSON.stringify(row)}\n`);
  return hash.digest('hex');
}
