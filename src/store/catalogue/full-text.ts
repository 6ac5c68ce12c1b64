import type { Article } from '../../domain/article.js';
import { compactText } from '../../dedupe/compact-text.js';
import type { Database } from './open-database.js';

/** The index of words: texts and queries are folded alike, so that either Chinese script finds the other. */
export interface FullText {
  /** @param isNew  Whether the row has no words yet. */
  put(article: number, record: Article, isNew: boolean): void;
}

export function fullText(database: Database): FullText {
  const remove = database.prepare('DELETE FROM full_text WHERE rowid = ?');
  const add = database.prepare('INSERT INTO full_text (rowid, text) VALUES (?, ?)');
  return {
    put: (article, record, isNew) => {
      if (!isNew) remove.run(article);
      add.run(article, indexedText(record));
    },
  };
}

/** Two blanks at the end let a word of one or two characters be found as the start of a trigram. */
const TAIL = '  ';

function indexedText(record: Article): string {
  const parts = [record.title, record.lead ?? '', ...record.body.map((block) => block.text)];
  return parts.map((part) => `${compactText(part)}${TAIL}`).join('');
}
