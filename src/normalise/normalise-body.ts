import type { BodyBlock } from '../domain/article.js';
import type { PageFields } from '../sputnik/extractors/page-fields.js';
import { cleanText } from './clean-text.js';
import type { Field } from './field.js';

/** The blocks in reading order, cleaned; those that turn out to be nothing but marks are left out. */
export function normaliseBody(reading: PageFields): Field<BodyBlock[]> {
  const blocks = reading.body.blocks
    .map(({ type, text }): BodyBlock => ({ type, text: cleanText(text) }))
    .filter(({ text }) => text !== '');
  return { value: blocks, source: reading.body.source, disagreements: [] };
}
