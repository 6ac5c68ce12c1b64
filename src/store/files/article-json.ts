import { articleSchema, type Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import { expectTodaysForm } from './record-forms.js';

/**
 * The one form in which a record is written: keys in the order of the contract, two spaces of indent, a newline at the end. Two equal
 * records are equal bytes, whatever the order in which their keys were set.
 */
export function serialiseArticle(article: Article): string {
  // The schema hands keys on in its own order, which is that of the contract.
  return serialiseChecked(articleSchema.parse(article));
}

/** The same for a record whose keys stand in the schema's order already: as {@link checkedArticle} or {@link parseArticle} gave it. */
export function serialiseChecked(record: Article): string {
  const provenance = Object.entries(record.provenance).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ ...record, provenance: Object.fromEntries(provenance) }, null, 2)}\n`;
}

/**
 * @param text      Content of a record's file.
 * @param location  Where it stands, for messages.
 * @throws {PermanentError} `record.notJson` if it is torn or no JSON, `record.invalid` if it is not of the published schema.
 * @throws {FatalError} `record.tooNew`, `record.tooOld`: a record of another form is nothing that is damaged.
 */
export function parseArticle(text: string, location = 'a record'): Article {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PermanentError(`Wanted a record as JSON, found ${text.length} characters that are none`, {
      code: 'record.notJson',
      cause: error,
    });
  }
  expectTodaysForm(value, location);
  return checkedArticle(value);
}

/** @throws {PermanentError} `record.invalid` if the value is not of the published schema. */
export function checkedArticle(value: unknown): Article {
  const read = articleSchema.safeParse(value);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const found = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  throw new PermanentError(`Wanted a record of the schema, found ${found}`, {
    code: 'record.invalid',
    cause: read.error,
  });
}

/**
 * @param record  As {@link parseArticle} read it from `text`.
 * @returns       Whether the text is the one form of the record.
 */
export function isCanonical(text: string, record: Article): boolean {
  const keys = Object.keys(record.provenance);
  const isSorted = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
  return isSorted && text === `${JSON.stringify(record, null, 2)}\n`;
}
