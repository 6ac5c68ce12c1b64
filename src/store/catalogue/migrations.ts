import { KEEP_COUNTS, KEEP_SPANS } from './kept-counts.js';

/**
 * The catalogue's form, as the steps that lead to it: `catalogue.db` is an index of the article files and the captures, and holds nothing
 * that cannot be derived from them (but for `runs` and what people decided about quarantined pages).
 *
 * - Instants are whole seconds since 1970 in UTC; hashes are blobs.
 * - `captures` is the journal: one row per capture record that has reached its end. What a page is, is derived from its rows.
 * - `pages.url` is a path where it is on the edition's own host. `captures.sha256` keeps eight bytes of the digest: they only
 *   order what was fetched in one second; `captures.state` is a state key of `dedupe`.
 * - `list_visits` counts how often a list was asked for, by the days that it is about and by what came of it; `failure` is empty where
 *   it was read; `unread_entries` is the newest count of entries that lead to nothing known.
 * - `readings` counts, per day of the fetch, edition and extractor, which fields articles were read with and about which their pages
 *   contradicted themselves, as bits of `READING_FIELDS`; each row keeps one page as its example.
 * - `articles.bands` are the 24-bit numbers of `dedupe`'s fingerprint, three bytes each, little-endian; `band-index.ts` finds them in memory.
 * - `articles.decided`: 0 not yet, 1 decided, 2 decided and to be decided again.
 * - `articles.compared` is `dedupe`'s compared key, `articles.edited_at` when the newest edit was first seen.
 * - `pages.failed_at` is the newest attempt that got no answer, where none was answered since. Rows of `quarantine` with the codes
 *   `unreachable` and `notArticle` are derived as well: pages with so many such answers in a row, under the capture of the first.
 * - `article_counts`, `page_counts`, `article_spans` and `delay_spans` are kept by triggers; see `kept-counts.ts`.
 * - `meta` has `basis`: by which method and settings fingerprints and links were made; see `reindex.ts`.
 * - `reader_changes` are the notes that articles were extracted again from the captures; `change` is the note as JSON.
 * - `articles.changed` numbers the changes of records in the order of their commits, `articles.state` is the digest of what counts as one;
 *   `changes` tells them one by one; its numbers are given out once, also where rows were dropped.
 * - `numberings` has a name for each run of the writer that noted a change, and the number after which its own begin; see `change-log.ts`.
 *   The first row has the name that older forms kept for all of them in `meta` as `changes`.
 * - `edits` has when articles were edited, and since when they are withdrawn, as their records say; `meta` has `edits` once all are in it.
 * - `full_text` holds the terms of each record's own text and its facets, as `search` makes them, without a copy of them (contentless);
 *   `articles.indexed` tells what they were made of, empty where there are none. `meta` has `words`: by which version they were made.
 *
 * Steps are only ever added, never changed. `PRAGMA user_version` counts the steps that were taken.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE editions (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, family TEXT NOT NULL);

  CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    settled_to INTEGER NOT NULL DEFAULT 0
  );

  CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    article_id TEXT NOT NULL,
    edition INTEGER NOT NULL REFERENCES editions (id),
    url TEXT NOT NULL,
    url_at INTEGER,
    day INTEGER NOT NULL,
    end_state TEXT NOT NULL DEFAULT 'pending',
    reason TEXT,
    last_fetched_at INTEGER,
    etag TEXT,
    last_modified TEXT,
    validators_at INTEGER,
    published_at INTEGER,
    touched_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    last_failure TEXT,
    gone_suspected_at INTEGER,
    gone_at INTEGER,
    UNIQUE (article_id, edition)
  );
  CREATE INDEX pages_by_day ON pages (edition, day);

  CREATE TABLE captures (
    file INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    kind TEXT NOT NULL,
    page INTEGER,
    fetched_at INTEGER NOT NULL,
    sha256 BLOB,
    state BLOB,
    on_topic INTEGER,
    outcome TEXT,
    reason TEXT,
    PRIMARY KEY (file, offset)
  ) WITHOUT ROWID;
  CREATE INDEX captures_by_page ON captures (page, fetched_at) WHERE page IS NOT NULL;

  CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    month INTEGER NOT NULL,
    folder TEXT NOT NULL,
    edition INTEGER NOT NULL,
    content_hash BLOB NOT NULL,
    bands BLOB NOT NULL,
    published_at INTEGER,
    topics TEXT NOT NULL,
    revisions INTEGER NOT NULL,
    renditions INTEGER NOT NULL,
    duplicate_of INTEGER,
    duplicate_kind TEXT,
    similarity REAL,
    first_seen_at INTEGER,
    last_seen_at INTEGER,
    gone_at INTEGER,
    journal_whole INTEGER NOT NULL
  );
  CREATE INDEX articles_by_hash ON articles (substr(content_hash, 1, 8));
  CREATE INDEX articles_by_time ON articles (published_at);
  CREATE INDEX articles_by_original ON articles (duplicate_of) WHERE duplicate_of IS NOT NULL;

  CREATE TABLE bands (band INTEGER NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (band, article)) WITHOUT ROWID;

  CREATE VIRTUAL TABLE full_text USING fts5 (
    text, tokenize = 'trigram case_sensitive 1', content = '', contentless_delete = 1, detail = 'full'
  );
  INSERT INTO full_text (full_text, rank) VALUES ('automerge', 8);
  CREATE VIRTUAL TABLE full_text_terms USING fts5vocab (full_text, row);

  CREATE TABLE lists (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE);
  CREATE TABLE sightings (
    page INTEGER NOT NULL,
    route TEXT NOT NULL,
    tag_path TEXT NOT NULL DEFAULT '',
    list INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    PRIMARY KEY (page, route, tag_path)
  ) WITHOUT ROWID;

  CREATE TABLE tag_pages (
    edition INTEGER NOT NULL,
    topic TEXT NOT NULL,
    path TEXT NOT NULL,
    learned_from TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    PRIMARY KEY (edition, topic, path)
  ) WITHOUT ROWID;

  CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY,
    file INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    page INTEGER NOT NULL,
    code TEXT NOT NULL,
    detail TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    quarantined_at INTEGER NOT NULL,
    capture TEXT NOT NULL,
    dropped_at INTEGER,
    UNIQUE (file, offset)
  );

  CREATE TABLE runs (run_id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, summary TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX runs_by_time ON runs (started_at);
  `,
  `
  CREATE TABLE readings (
    day INTEGER NOT NULL,
    edition INTEGER NOT NULL,
    reader TEXT NOT NULL,
    filled INTEGER NOT NULL,
    disagreed INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    example_page INTEGER NOT NULL,
    example_file INTEGER NOT NULL,
    example_offset INTEGER NOT NULL,
    example_known INTEGER NOT NULL,
    PRIMARY KEY (day, edition, reader, filled, disagreed)
  ) WITHOUT ROWID;
  `,
  `
  ALTER TABLE articles ADD COLUMN sketch BLOB NOT NULL DEFAULT x'';
  ALTER TABLE articles ADD COLUMN compared BLOB NOT NULL DEFAULT x'';
  ALTER TABLE articles ADD COLUMN decided INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE articles ADD COLUMN edited_at INTEGER;
  CREATE INDEX articles_by_edit ON articles (edited_at) WHERE edited_at IS NOT NULL;

  DROP INDEX articles_by_hash;
  CREATE INDEX articles_by_hash ON articles (
    substr(content_hash, 1, 8), coalesce(published_at, 99999999999), CAST(substr(key, instr(key, '/') + 1) AS INTEGER)
  );

  DROP TABLE bands;
  CREATE TABLE bands (
    period INTEGER NOT NULL,
    follows INTEGER NOT NULL,
    band INTEGER NOT NULL,
    article INTEGER NOT NULL,
    PRIMARY KEY (period, follows, band, article)
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE list_visits (
    edition INTEGER NOT NULL,
    to_day INTEGER NOT NULL,
    from_day INTEGER NOT NULL,
    list INTEGER NOT NULL,
    kind TEXT NOT NULL,
    is_whole INTEGER NOT NULL,
    failure TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    PRIMARY KEY (edition, to_day, from_day, list, kind, is_whole, failure)
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE reader_changes (
    file INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    article TEXT NOT NULL,
    noted_at INTEGER NOT NULL,
    change TEXT NOT NULL,
    PRIMARY KEY (file, offset)
  ) WITHOUT ROWID;
  CREATE INDEX reader_changes_by_article ON reader_changes (article, noted_at);
  `,
  `
  DROP TABLE bands;
  CREATE TABLE bands (
    period INTEGER NOT NULL,
    band INTEGER NOT NULL,
    at INTEGER NOT NULL,
    article INTEGER NOT NULL,
    PRIMARY KEY (period, band, at, article)
  ) WITHOUT ROWID;
  CREATE INDEX articles_postponed ON articles (published_at) WHERE decided = 2;
  DELETE FROM meta WHERE name = 'basis';
  `,
  `
  DROP TABLE full_text_terms;
  DROP TABLE full_text;
  CREATE VIRTUAL TABLE full_text USING fts5 (
    title, tags, body, facets, tokenize = 'ascii tokenchars ''=:.-_''', content = '', contentless_delete = 1, detail = 'full'
  );
  INSERT INTO full_text (full_text, rank) VALUES ('automerge', 8);
  CREATE VIRTUAL TABLE full_text_terms USING fts5vocab (full_text, row);
  ALTER TABLE articles ADD COLUMN indexed BLOB NOT NULL DEFAULT x'';
  `,
  `
  ALTER TABLE pages ADD COLUMN failed_at INTEGER;
  UPDATE pages SET failed_at = (
    SELECT max(c.fetched_at) FROM captures c WHERE c.page = pages.id AND c.kind = 'unreachable'
  ) WHERE failures > 0;
  CREATE INDEX pages_by_failure ON pages (edition, failed_at) WHERE failed_at IS NOT NULL;
  CREATE INDEX quarantine_by_page ON quarantine (page);
  `,
  KEEP_COUNTS,
  `
  ALTER TABLE articles ADD COLUMN state BLOB NOT NULL DEFAULT x'';
  ALTER TABLE articles ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX articles_by_change ON articles (changed);
  INSERT INTO meta (name, value) VALUES ('changes', lower(hex(randomblob(6))));
  DELETE FROM meta WHERE name = 'words';
  `,
  `
  DROP INDEX pages_by_day;
  CREATE INDEX pages_by_day ON pages (edition, day, end_state, last_fetched_at);
  CREATE INDEX pages_suspected ON pages (edition) WHERE gone_suspected_at IS NOT NULL;
  `,
  `
  CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, article INTEGER, run TEXT, at INTEGER NOT NULL
  );
  INSERT INTO sqlite_sequence (name, seq) SELECT 'changes', coalesce(max(changed), 0) FROM articles;
  CREATE TABLE edits (
    article INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (article, kind, at)
  ) WITHOUT ROWID;
  CREATE INDEX edits_by_time ON edits (kind, at, article);
  INSERT INTO meta (name, value)
    SELECT 'edits', '1' WHERE NOT EXISTS (SELECT 1 FROM articles WHERE edited_at IS NOT NULL OR gone_at IS NOT NULL);
  `,
  'DROP TABLE IF EXISTS bands',
  `
  CREATE TABLE run_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  ALTER TABLE captures ADD COLUMN run INTEGER;
  CREATE INDEX captures_by_run ON captures (run, outcome, file, offset) WHERE run IS NOT NULL;
  DROP INDEX articles_by_loss;
  CREATE INDEX articles_withdrawn ON articles (published_at, key, folder, duplicate_of, duplicate_kind, edition, topics)
    WHERE gone_at IS NOT NULL;
  CREATE INDEX articles_edited ON articles (published_at, key, folder, duplicate_of, duplicate_kind, edition, topics)
    WHERE edited_at IS NOT NULL;
  `,
  'ALTER TABLE list_visits ADD COLUMN unread_entries INTEGER NOT NULL DEFAULT 0',
  'CREATE TABLE IF NOT EXISTS unjudged (names TEXT NOT NULL, article TEXT NOT NULL, PRIMARY KEY (names, article)) WITHOUT ROWID',
  KEEP_SPANS,
  `
  CREATE TABLE numberings (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, after INTEGER NOT NULL);
  INSERT INTO numberings (name, after) SELECT value, 0 FROM meta WHERE name = 'changes';
  `,
];
