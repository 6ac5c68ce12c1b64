import { articleSchema, type Article } from '../../domain/article.js';
import { PermanentError, FatalError } from '../../domain/errors.js';
import type { ExtractedArticle } from '../../domain/extraction.js';

/**
 * The one form in which a record is written: keys in the order of the contract, two spaces of indent, a newline at the
 * end. Two equal records are equal bytes, whatever the order in which their keys were set.
 */
export function serialiseArticle(article: Article): string {
  // The schema hands keys on in its own order, which is that of the contract.
  return serialiseChecked(articleSchema.parse(article));
}

/**
 * The same for a record whose keys stand in the schema's order already: as {@link checkedArticle} or {@link
 * parseArticle} gave it.
 */
export function serialiseChecked(record: Article): string {
  const provenance = Object.entries(record.provenance).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ ...record, provenance: Object.fromEntries(provenance) }, null, 2)}\n`;
}

/**
 * @param text      Content of a record's file.
 * @param location  Where it stands, for messages.
 * @throws {PermanentError} `record.notJson` if it is torn or no JSON, `record.invalid` if it is not of the published
 * schema.
 * @throws {FatalError} `record.tooNew`, `record.tooOld`: a record of another form is nothing that is damaged.
 */
export function parseArticle(text: string, location = 'a record'): Article {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PermanentError(`Expected a record as JSON, found ${text.length} characters that are not JSON`, {
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
  throw new PermanentError(`The record does not match the schema: ${found}`, {
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

/**
 * Brings a record from one form to the next. Pure; the record is as `JSON.parse` returned it.
 *
 * @param captured The result of today's extractor for the capture that the record names; null if it is not available.
 */
export type RecordStep = (
  record: Readonly<Record<string, unknown>>,
  captured: Pick<ExtractedArticle, 'format'> | null,
) => Readonly<Record<string, unknown>>;

/** From each earlier form, the step that leads on from it. */
export type RecordSteps = ReadonlyMap<number, RecordStep>;

/** Today's form: the `schemaVersion` of the published schema. */
export const RECORD_FORM = 2;

/**
 * The steps from earlier forms to today's. Steps are only added and never changed. A change that raises `schemaVersion`
 * adds the step from the previous form.
 *
 * - 1 → 2: `format` tells what the item is; without its capture it counts as a text, as everything did that was stored
 *   then.
 */
export const RECORD_STEPS: RecordSteps = new Map<number, RecordStep>([
  [1, (record, captured) => ({ ...record, schemaVersion: 2, format: captured?.format ?? 'text' })],
]);

/** @returns the `schemaVersion` that a value states; null if it states none. */
export function formOf(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('schemaVersion' in value)) return null;
  const { schemaVersion } = value;
  return typeof schemaVersion === 'number' && Number.isSafeInteger(schemaVersion) ? schemaVersion : null;
}

/** @throws {FatalError} `record.tooNew`, `record.tooOld` where the writer has to bring the record on first. */
function expectTodaysForm(value: unknown, location: string): void {
  const form = formOf(value);
  if (form === null || form === RECORD_FORM) return;
  if (form > RECORD_FORM) throw recordTooNew(form, location);
  if (!RECORD_STEPS.has(form)) return;
  throw new FatalError(`Expected records of form ${RECORD_FORM}, found form ${form} in ${location}`, {
    code: 'record.tooOld',
    hint: 'Run `sputnik verify --repair`, which brings records to today’s form',
  });
}

/**
 * What {@link parseArticle} says to a record of another form, as an error of its page alone: for the writer, which had
 * all records in one form when it started. @returns null for any other error.
 */
export function otherFormOfOne({ code, message, hint }: FatalError): PermanentError | null {
  const details = hint === null ? {} : { hint };
  if (code === 'record.tooNew') return new PermanentError(message, { code: 'record.tooNew', ...details });
  if (code === 'record.tooOld') return new PermanentError(message, { code: 'record.tooOld', ...details });
  return null;
}

/** What a program says to records that a newer one has written: it leaves everything as it is. */
export function recordTooNew(form: number, location: string): FatalError {
  return new FatalError(`Expected records of form ${RECORD_FORM}, found form ${form} in ${location}`, {
    code: 'record.tooNew',
    hint: 'A newer version of this program wrote it: use that version. If none did, the file is damaged: move it away and run `sputnik verify --repair`',
  });
}
