import type { BodyBlock } from '../domain/article.js';
import type { Field } from './field.js';

/**
 * How datelines look, one pattern a family of languages; the whole match is the dateline.
 * Source: site facts, §5, and the agency's pages of 2015-2026.
 */
const DATELINES: readonly RegExp[] = [
  // 俄羅斯衛星通訊社莫斯科4月12日電 · 俄新社莫斯科10月1日电
  /^(?:据?俄[羅罗]斯[衛卫]星通[訊讯]社|[衛卫]星新[聞闻]通[訊讯]社|[衛卫]星通[訊讯]社|俄新社|俄新[網网])[^。，,:：；\s]{1,30}?\d{1,2}月\d{1,2}日[電电讯訊]/u,
  // МОСКВА, 31 мая - РИА Новости. · BAKI, 21 aprel — Sputnik. · ԵՐԵՎԱՆ, 2 սեպտեմբերի – Sputnik.
  /^[\p{Lu}\p{Lo}\p{Script=Georgian}][\p{L}\p{M}\p{N} .'’ʼ()/-]{1,60}?, ?(?:\d{1,2}[- ]?\p{L}{2,20}\.?|\p{L}{3,20}\.? \d{1,2})(?: \d{4}(?: ?г\.?)?)? ?[-–—−] ?(?:РИА Новости|РАПСИ|Прайм|Sputnik|Спутник|Սպուտնիկ|სპუტნიკი|Спутнік)(?:[ -][\p{L}]{3,20})?(?:, \p{Lu}[\p{L}-]{1,20}(?: \p{Lu}[\p{L}-]{1,20}){0,2}(?=[.։:]))?[.։:]?(?=\s|$)/u,
  // MOSCOW (Sputnik) — · YEREVAN, April 12 (Sputnik) - · MOSCÚ (Sputnik)
  /^[\p{Lu}][\p{L}\p{M} .'’/-]{1,60}?(?:, [\p{L}\p{N} .]{3,25})? \((?:Sputnik|RIA Novosti|Спутник|РИА Новости)[^)]{0,30}\)(?: ?[-–—−])?/u,
  // موسكو - سبوتنيك. · القاهرة، 12 أبريل - سبوتنيك
  /^[\p{Script=Arabic}\p{M} ]{2,40}?(?:[،,] ?[\p{Script=Arabic}\p{N}\p{M} /]{2,30})? ?[-–—−] ?(?:سبوتنيك|اسپوتنیک)(?: [\p{Script=Arabic}]{2,15})?[.،:]?(?=\s|$)/u,
  // モスクワ4月12日(スプートニク)
  /^[\p{Script=Han}\p{Script=Katakana}ー・ ]{2,20}\d{1,2}月\d{1,2}日 ?[（(]?スプートニク[)）]?/u,
];

const SEARCH_LENGTH_MAX = 160;

/**
 * Finds the dateline: place, day and agency at the start of the lead or of the first paragraph. It stays in the text.
 *
 * Errs towards null: a sentence that merely begins with a town is none.
 */
export function findDateline(lead: string | null, body: readonly BodyBlock[]): Field<string | null> {
  const first = body.find(({ type }) => type === 'text' || type === 'quote');
  const places = [
    { source: 'lead', text: lead },
    { source: 'body', text: first?.text ?? null },
  ];
  for (const { source, text } of places) {
    const start = text?.slice(0, SEARCH_LENGTH_MAX) ?? '';
    const match = DATELINES.map((pattern) => pattern.exec(start)).find((found) => found !== null);
    if (match !== undefined) return { value: match[0].trim(), source, disagreements: [] };
  }
  return { value: null, source: null, disagreements: [] };
}
