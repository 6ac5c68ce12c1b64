import type { ArticleKey } from '../../domain/page.js';
import { command, metaOf, query, readRows, setMeta, type Database } from './database.js';

/** Names of topics, `<topic id>: <name>`. */
export interface JudgedTopics {
  /** All pages were judged by these, but for those noted since some of them are not configured. */
  readonly judged: readonly string[];
  /** Those up to an article, in the order of keys, by these; null: none. */
  readonly partly: { readonly names: readonly string[]; readonly after: string } | null;
}

/** Names that are away for more articles than this count as new ones when they come back. Looked at at the start of the writer and at each maintenance. */
const UNJUDGED_MAX = 10_000;

/**
 * By which names of topics all pages were judged, in `meta` as `topics`, JSON. While some of these names are not configured, articles whose pages
 * are stored, and those that lose a topic when they are extracted again, are noted in `unjudged`, with the names they were not judged by: when those come back, they alone are extracted again.
 */
export function judgedTopicsTable(database: Database) {
  const add = command(database, 'INSERT OR IGNORE INTO unjudged (names, article) VALUES (?, ?)');
  const move = command(database, 'UPDATE OR REPLACE unjudged SET names = ? WHERE names = ? AND article = ?');
  const remove = command(database, 'DELETE FROM unjudged WHERE names = ? AND article = ?');
  const withNames = query<{ article: ArticleKey }>(database, 'SELECT article FROM unjudged WHERE names = ?');
  const setsOf = (names: ReadonlySet<string>): { readonly text: string; readonly left: string | null }[] =>
    readRows<{ names: string }>(database, 'SELECT DISTINCT names FROM unjudged').flatMap((row) => {
      const away = JSON.parse(row.names) as string[];
      const left = away.filter((name) => !names.has(name));
      return left.length === away.length
        ? []
        : [{ text: row.names, left: left.length === 0 ? null : JSON.stringify(left) }];
    });
  const read = (): JudgedTopics | null => {
    const topics = metaOf(database, 'topics');
    return topics === null ? null : (JSON.parse(topics) as JudgedTopics);
  };
  const note = (topics: JudgedTopics): void => {
    setMeta(database, 'topics', JSON.stringify(topics));
  };
  return {
    read,
    note,
    /** Of names that are configured now. @returns those away, as {@link noteUnjudged} takes them; null: none. */
    away: (names: ReadonlySet<string>): string | null => {
      const topics = read();
      const away = topics?.judged.filter((name) => !names.has(name)).sort() ?? [];
      return topics === null || away.length === 0 ? null : JSON.stringify(away);
    },
    /** Gives up names that are away for too many articles. @returns the names that stay noted; null: none. */
    limitAway: (away: string): string | null => {
      const { count } = query<{ count: number }>(database, 'SELECT count(*) AS count FROM unjudged').one();
      const topics = read();
      if (count <= UNJUDGED_MAX || topics === null) return away;
      const given = JSON.parse(away) as string[];
      database.exec('DELETE FROM unjudged');
      note({ ...topics, judged: topics.judged.filter((name) => !given.includes(name)) });
      return null;
    },
    noteUnjudged: (away: string, article: ArticleKey): void => {
      add(away, article);
    },
    /** @returns the articles with a page that was not judged by all of these names, sorted. */
    unjudgedBy: (names: ReadonlySet<string>): ArticleKey[] => {
      const found = setsOf(names).flatMap(({ text }) => withNames.all(text).map(({ article }) => article));
      return [...new Set(found)].sort();
    },
    /** Says that the pages of some articles were judged by these names; null: those of all. */
    noteJudged: (names: ReadonlySet<string>, articles: readonly ArticleKey[] | null): void => {
      for (const { text, left } of setsOf(names)) {
        for (const article of articles ?? withNames.all(text).map((row) => row.article)) {
          if (left === null) remove(text, article);
          else move(left, text, article);
        }
      }
    },
  };
}
