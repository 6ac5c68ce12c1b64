import type { PageReading } from '../sputnik/page-reading.js';
import { cleanText } from './clean-text.js';
import type { Field } from './field.js';

/** The announce text above the body; null where the page shows none: descriptions in the head are cut, and never taken. */
export function normaliseLead(reading: PageReading): Field<string | null> {
  for (const { value, source } of reading.leads) {
    const lead = cleanText(value).replace(/[\n\t]+/g, ' ');
    if (lead !== '') return { value: lead, source, disagreements: [] };
  }
  return { value: null, source: null, disagreements: [] };
}
