import { Random } from '../../quality/dedupe/random.js';
import type { ComparableText } from '../../../src/dedupe/comparable-text.js';

export { Random };

/** An article of invented words; the same for the same seed. */
export function inventArticle(seed: number, words: number): ComparableText {
  const random = new Random(seed);
  const word = (): string =>
    Array.from({ length: 3 + random.below(7) }, () => String.fromCharCode(97 + random.below(26))).join('');
  const sentence = (length: number): string => Array.from({ length }, word).join(' ');
  const body = Array.from({ length: Math.ceil(words / 20) }, () => ({ type: 'text' as const, text: sentence(20) }));
  return { title: sentence(6), lead: sentence(12), body, dateline: null, language: 'en' };
}

/** Replaces about one word in `every` by a new one. */
export function rewordArticle(article: ComparableText, every: number, random: Random): ComparableText {
  const reword = (text: string): string =>
    text
      .split(' ')
      .map((word) => (random.below(every) === 0 ? `${word.slice(0, 2)}${random.below(1000).toString(36)}q` : word))
      .join(' ');
  return {
    ...article,
    lead: article.lead === null ? null : reword(article.lead),
    body: article.body.map((block) => ({ ...block, text: reword(block.text) })),
  };
}

/** @returns an article with this title, lead and paragraphs. */
export function write(title: string, lead: string | null, ...paragraphs: string[]): ComparableText {
  return { title, lead, body: paragraphs.map((text) => ({ type: 'text', text })), dateline: null, language: 'x' };
}
