import type { PageFields } from '../sputnik/extractors/page-fields.js';
import { cleanText } from './clean-text.js';
import type { Field } from './field.js';

/** The rubric that the page files the article under; null where it names none. */
export function normaliseSection(reading: PageFields): Field<string | null> {
  for (const { value, source } of reading.sections) {
    const section = cleanText(value).replace(/[\n\t]+/g, ' ');
    if (section !== '') return { value: section, source, disagreements: [] };
  }
  return { value: null, source: null, disagreements: [] };
}
