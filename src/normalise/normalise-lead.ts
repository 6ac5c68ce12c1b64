import type { PageFields } from '../sputnik/extractors/page-fields.js';
import { cleanText } from './clean-text.js';
import type { Field } from './field.js';

/** " 2023年4月12日, 俄羅斯衛星通訊社", " 10.05.2024, Sputnik International": what the site adds to descriptions. */
const DESCRIPTION_SUFFIX =
  /\s*(?:\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}[./-]\d{2}[./-]\d{2})[,،、，]\s*[^,،、，]{2,60}$/u;

/** The announce text above the body; null where the page shows none: descriptions in the head are cut, and never taken. */
export function normaliseLead(reading: PageFields): Field<string | null> {
  for (const { value, source } of reading.leads) {
    const text = cleanText(value).replace(/[\n\t]+/g, ' ');
    const lead = source.endsWith('description') ? text.replace(DESCRIPTION_SUFFIX, '') : text;
    if (lead !== '') return { value: lead, source, disagreements: [] };
  }
  return { value: null, source: null, disagreements: [] };
}
