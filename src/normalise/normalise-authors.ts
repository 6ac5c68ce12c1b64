import type { PageFields } from '../sputnik/extractors/page-fields.js';
import { cleanText } from './clean-text.js';
import type { Field } from './field.js';

/** The agency signing its own text is no author. */
const AGENCY =
  /^(?:(?:MIA|МИА)\s.*|.*(?:sputnik|спутник|սպուտնիկ|სპუტნიკ|سبوتنيك|اسپوتنیک|スプートニク|[衛卫]星通[訊讯]社|[衛卫]星新[聞闻]).*|РИА Новости|RIA Novosti|Россия сегодня|Rossiya Segodnya|俄新社|俄新[网網])$/iu;
/** "Finian Cunningham. Sputnik International": the agency behind a name. */
const AGENCY_SUFFIX = /\s*[.,/|]\s*(?:sputnik|спутник|РИА Новости)[^.,/|]*$/iu;
const BY = /^(?:by|автор(?:ы)?|հեղինակ՝?|müəllif|作者|por|par|yazar)\s*[:：՝]?\s+/iu;
const AUTHORS_MAX = 30;
const NAME_LENGTH_MAX = 120;

/** Names of people by the first place that names any; an address (`article:author` may hold one) is no name. */
export function normaliseAuthors(reading: PageFields): Field<string[]> {
  const sources = [...new Set(reading.authors.map(({ source }) => source))];
  for (const source of sources) {
    const names = reading.authors.filter((found) => found.source === source).flatMap(({ value }) => namesIn(value));
    if (names.length > 0) return { value: [...new Set(names)].slice(0, AUTHORS_MAX), source, disagreements: [] };
  }
  return { value: [], source: null, disagreements: [] };
}

function namesIn(value: string): string[] {
  return cleanText(value.slice(0, NAME_LENGTH_MAX * AUTHORS_MAX))
    .split(/[,;、，؛\n]/)
    .map((name) => name.trim().replace(BY, '').replace(AGENCY_SUFFIX, '').trim())
    .filter((name) => name !== '' && name.length <= NAME_LENGTH_MAX && !AGENCY.test(name) && !/^https?:|@/.test(name));
}
