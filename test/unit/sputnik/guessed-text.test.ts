import { expect, it } from 'vitest';
import { extractArticle } from '../../../src/sputnik/extractors/extract-article.js';

const SENTENCES = Array.from(
  { length: 4 },
  (_, n) =>
    `<div class="zz">The committee spoke about road ${n} and the price of gravel for an hour and a half. It meets again in May.</div>`,
).join('');
const DATE = '<div class="article__info-date"><a data-unixtime="1709633100">14:05 05.03.2024</a></div>';
const URL = 'https://sputnikglobe.com/20240305/road-1117140001.html';

interface Shown {
  readonly classes?: string;
  readonly around?: string;
  readonly date?: string;
  readonly text?: string;
  readonly head?: string;
}

function extracted({ classes = '', around = '', date = DATE, text = SENTENCES, head = '' }: Shown) {
  const header = `<div class="article__header"><h1 class="article__title">A road</h1>${date}</div>`;
  return extractArticle(
    `<!DOCTYPE html><html lang="en"><head><title>A road</title>${head}</head><body><div class="${around}"><div class="article ${classes}" data-article-id="1117140001">${header}${text}</div></div></body></html>`,
    URL,
  );
}

function bodyOf(result: ReturnType<typeof extracted>): readonly string[] | string {
  return 'notArticle' in result ? result.notArticle : result.body.blocks.map(({ text }) => text);
}

it('takes whole sentences of unknown elements for the text of a dated article', () => {
  expect(bodyOf(extracted({}))).toHaveLength(4);
});

it.each([
  ['a poll', { classes: 'm-poll' }, 'poll'],
  ['a page of an error', { around: 'error-page' }, 'unknownMarkup'],
  ['a page without a date', { date: '' }, 'emptyBody'],
  [
    'two sentences of an apology',
    {
      text: '<div class="zz">This material cannot be shown for technical reasons at the moment. We are working on it and will be back within the hour, so please come again a little later today.</div>',
    },
    'emptyBody',
  ],
  ['a caption', { text: SENTENCES.replaceAll('"zz"', '"article__photo-desc"') }, 'emptyBody'],
  ['a heading that stands alone', { text: '<div data-type="h2">What to read next</div>' }, 'emptyBody'],
] as const)('takes them for no text on %s', (_what, shown, reason) => {
  expect(bodyOf(extracted(shown))).toBe(reason);
});

it('takes the copy in the metadata where one stray block of it is shown', () => {
  const articleBody = Array.from({ length: 3 }, (_, n) => `Paragraph ${n} of the copy, whole.`).join('\n');
  const copy = JSON.stringify({ '@type': 'NewsArticle', articleBody });
  const head = `<script type="application/ld+json">${copy}</script>`;
  const text = '<div data-type="quote">A quote that stands out.</div>';
  expect(bodyOf(extracted({ head, text }))).toHaveLength(3);
});

it('looks through a chapter once, however many paragraphs it holds', () => {
  const timeFor = (paragraphs: number): number => {
    const chapter = `<div>${'<p>a</p>'.repeat(paragraphs)}<div class="article__text">The end is near.</div></div>`;
    const startedAt = process.cpuUsage().user;
    extracted({ text: `<div class="article__body">${chapter}</div>` });
    return process.cpuUsage().user - startedAt;
  };
  // The least of several runs: other threads of the process, such as the garbage collector's, count as well.
  const leastFor = (paragraphs: number): number => Math.min(...[1, 2, 3, 4].map(() => timeFor(paragraphs)));
  // Eight times as many take eight times as long, and 64 times as long where the chapter is looked through for each paragraph.
  expect(leastFor(24_000)).toBeLessThan(24 * Math.max(leastFor(3_000), 4_000));
});

it('keeps the text of a live item that has a title', () => {
  const text = `<div class="article__body"><div class="online__list"><div class="online__item"><div class="online__item-title">Minister resigns</div>The minister has resigned after the vote.</div></div></div>`;
  expect(String(bodyOf(extracted({ text })))).toContain('The minister has resigned after the vote.');
});
