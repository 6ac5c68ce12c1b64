import type { ArticleKey } from '../domain/page.js';
import { READ_FIELDS, type FieldChange, type ReadField } from '../domain/extractor-change.js';
import type { KeptReason, Reextraction } from '../store/writer/reextract-article.js';

/** Before and after of one field of one article. */
export interface FieldSample extends Omit<FieldChange, 'field'> {
  readonly article: ArticleKey;
}

/** In how many articles a field reads otherwise. */
export interface FieldCount {
  readonly field: ReadField;
  readonly articles: number;
  readonly samples: readonly FieldSample[];
}

/** A record that is left as it is; `recordDamaged`: its file cannot be read. */
export interface KeptRecord {
  readonly article: ArticleKey;
  readonly reason: KeptReason | 'recordDamaged';
}

/** What reading captures again found. */
export interface ExtractionCounts {
  /** Articles and captures that were read again. */
  readonly articles: number;
  readonly captures: number;
  /** Records that differ. */
  readonly changed: number;
  /** Articles without a record that are stored now: off topic or no article by the reader or the topics of then. */
  readonly stored: number;
  /** No record differs, only what the catalogue says of the pages. */
  readonly noted: number;
  readonly same: number;
  readonly kept: number;
  /** The first thousand. */
  readonly keptRecords: readonly KeptRecord[];
  /** In the order of the contract; only fields that differ anywhere. */
  readonly fields: readonly FieldCount[];
}

const KEPT_NAMED_MAX = 1_000;

/** Sums up what reading captures again finds; memory grows with the fields only. */
export class ExtractionTally {
  readonly #samplesMax: number;
  readonly #counts = { articles: 0, captures: 0, changed: 0, stored: 0, noted: 0, same: 0, kept: 0 };
  readonly #kept: KeptRecord[] = [];
  readonly #fields = new Map<ReadField, { articles: number; samples: FieldSample[] }>();

  /** @param samplesMax  Samples kept for each field. */
  constructor(samplesMax: number) {
    this.#samplesMax = samplesMax;
  }

  get counts(): Readonly<Omit<ExtractionCounts, 'fields' | 'keptRecords'>> {
    return this.#counts;
  }

  note(article: ArticleKey, found: Reextraction): void {
    this.#counts.articles += 1;
    this.#counts.captures += found.captures;
    this.#counts[found.kind] += 1;
    if (found.kind === 'kept') this.#keep({ article, reason: found.reason });
    // What is stored for the first time has no before to compare with.
    if (found.kind !== 'changed') return;
    for (const { field, before, after } of found.fields) {
      const sum = this.#fields.get(field) ?? { articles: 0, samples: [] };
      this.#fields.set(field, sum);
      sum.articles += 1;
      if (sum.samples.length < this.#samplesMax) sum.samples.push({ article, before, after });
    }
  }

  noteDamaged(article: ArticleKey): void {
    this.#counts.articles += 1;
    this.#counts.kept += 1;
    this.#keep({ article, reason: 'recordDamaged' });
  }

  sums(): ExtractionCounts {
    const fields = READ_FIELDS.flatMap((field) => {
      const sum = this.#fields.get(field);
      return sum === undefined ? [] : [{ field, ...sum }];
    });
    return { ...this.#counts, keptRecords: this.#kept, fields };
  }

  #keep(record: KeptRecord): void {
    if (this.#kept.length < KEPT_NAMED_MAX) this.#kept.push(record);
  }
}
