import type { PageFields } from '../sputnik/extractors/page-fields.js';
import { disagreement, type Field } from './field.js';
import type { NormaliseContext } from './normalise-context.js';

/** The site's own codes where they are not BCP 47: `cn_CN` stands on Chinese pages of both scripts. */
const SITE_CODES: Readonly<Record<string, string>> = { cn: 'zh', eng: 'en', rus: 'ru', arm: 'hy', am: 'hy' };

/**
 * The edition's language: pages of both Chinese scripts call themselves `cn_CN`, so the page decides nothing.
 * A page that names another language altogether is a disagreement.
 */
export function normaliseLanguage(reading: PageFields, context: NormaliseContext): Field<string> {
  const { language } = context.edition;
  const disagreements = reading.languages
    .filter(({ value }) => primaryOf(value) !== '' && primaryOf(value) !== primaryOf(language))
    .map(({ value, source }) => disagreement('language', language, value, `${source} differs from the edition`));
  return { value: language, source: 'edition', disagreements };
}

function primaryOf(code: string): string {
  const primary = code.trim().toLowerCase().split(/[-_]/)[0] ?? '';
  return SITE_CODES[primary] ?? primary;
}
