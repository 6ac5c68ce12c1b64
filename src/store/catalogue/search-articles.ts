import type { ArticleKey } from '../../domain/page.js';
import { compactText } from '../../dedupe/compact-text.js';
import { toSeconds } from './instants.js';
import type { Database } from './open-database.js';

export interface SearchFilters {
  readonly topic?: string;
  /** UTC instants of publication; `since` included, `until` not. */
  readonly since?: string;
  readonly until?: string;
  /** Default 50, at most 10,000. */
  readonly limit?: number;
}

const LIMIT = 50;
const LIMIT_MAX = 10_000;
const WORDS_MAX = 32;
const TRIGRAM = 3;
/** A word shorter than a trigram is looked up as the start of at most so many trigrams. */
const EXPANSIONS_MAX = 2_000;

/**
 * Finds records that hold every word, in any script: words are parts of words too, since Chinese writes no spaces.
 *
 * @param words  As a person types them, separated by white space; what folds to nothing is left out.
 * @returns      Keys, newest first; none if no word is left.
 */
export function searchArticles(database: Database, words: string, filters: SearchFilters): ArticleKey[] {
  const terms = words
    .split(/\s+/u)
    .map((word) => Array.from(compactText(word)))
    .filter((word) => word.length > 0)
    .slice(0, WORDS_MAX)
    .map((word) => matchOf(database, word));
  if (terms.length === 0 || terms.includes(null)) return [];
  const rows = database
    .prepare(
      `SELECT a.key FROM full_text t JOIN articles a ON a.id = t.rowid
       WHERE t.full_text MATCH ?1
         AND (?2 IS NULL OR ' ' || a.topics || ' ' LIKE '% ' || ?2 || ' %')
         AND (?3 IS NULL OR a.published_at >= ?3) AND (?4 IS NULL OR a.published_at < ?4)
       ORDER BY a.published_at DESC, a.key LIMIT ?5`,
    )
    .all(
      terms.join(' AND '),
      filters.topic ?? null,
      filters.since === undefined ? null : toSeconds(filters.since),
      filters.until === undefined ? null : toSeconds(filters.until),
      Math.min(filters.limit ?? LIMIT, LIMIT_MAX),
    ) as { key: ArticleKey }[];
  return rows.map((row) => row.key);
}

/** @returns the word as an expression of FTS5; null if nothing can match. */
function matchOf(database: Database, letters: readonly string[]): string | null {
  const word = letters.join('');
  if (letters.length >= TRIGRAM) return quoted(word);
  const starts = database
    .prepare('SELECT term FROM full_text_terms WHERE term >= ? AND term < ? LIMIT ?')
    .all(word, `${word}\u{10ffff}`, EXPANSIONS_MAX) as { term: string }[];
  return starts.length === 0 ? null : `(${starts.map(({ term }) => quoted(term)).join(' OR ')})`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
