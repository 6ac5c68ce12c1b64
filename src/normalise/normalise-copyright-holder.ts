import type { PageFields } from '../sputnik/extractors/page-fields.js';
import { cleanText } from './clean-text.js';
import type { Field } from './field.js';

/** Whom the page names as holder of the rights, in its own words; null where it is silent. */
export function normaliseCopyrightHolder(reading: PageFields): Field<string | null> {
  for (const { value, source } of reading.copyrightHolders) {
    const holder = cleanText(value).replace(/[\n\t]+/g, ' ');
    if (holder !== '') return { value: holder, source, disagreements: [] };
  }
  return { value: null, source: null, disagreements: [] };
}
