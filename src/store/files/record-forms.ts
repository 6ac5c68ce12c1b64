import type { ExtractedArticle } from '../../domain/extraction.js';
import { FatalError } from '../../domain/errors.js';

/**
 * Makes a record of one form one of the next. Pure; the record is as `JSON.parse` gave it.
 *
 * @param captured  What today's extractor makes of the capture that the record names; null where that cannot be had.
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
 * The way of earlier forms to today's. Forward only: steps are only ever added, never changed, and whoever raises `schemaVersion`
 * adds the step from the form before.
 *
 * - 1 → 2: `format` tells what the item is; without its capture it counts as a text, as everything did that was stored then.
 */
export const RECORD_STEPS: RecordSteps = new Map<number, RecordStep>([
  [1, (record, captured) => ({ ...record, schemaVersion: 2, format: captured?.format ?? 'text' })],
]);

/** @returns the `schemaVersion` that a value states; null if it states none. */
export function formOf(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || !('schemaVersion' in value)) return null;
  const { schemaVersion } = value;
  return Number.isSafeInteger(schemaVersion) ? (schemaVersion as number) : null;
}

/**
 * @param steps  Other than {@link RECORD_STEPS} only in tests.
 * @throws {FatalError} `record.tooNew`, `record.tooOld` where the writer has to bring the record on first.
 */
export function expectTodaysForm(value: unknown, location: string, steps: RecordSteps = RECORD_STEPS): void {
  const form = formOf(value);
  if (form === null || form === RECORD_FORM) return;
  if (form > RECORD_FORM) throw recordTooNew(form, location);
  if (!steps.has(form)) return;
  throw new FatalError(`Wanted records of form ${RECORD_FORM}, found form ${form} in ${location}`, {
    code: 'record.tooOld',
    hint: 'Run `sputnik serve` or `sputnik crawl` once: the writer brings records to today’s form',
  });
}

/** What a program says to records that a newer one has written: it leaves everything as it is. */
export function recordTooNew(form: number, location: string): FatalError {
  return new FatalError(`Wanted records of form ${RECORD_FORM}, found form ${form} in ${location}`, {
    code: 'record.tooNew',
    hint: 'A newer version of this program wrote it; use that one',
  });
}
