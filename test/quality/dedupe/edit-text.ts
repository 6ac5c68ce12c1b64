import { ConverterBuilder } from 'opencc-js/core';
import * as simplifiedToTraditional from 'opencc-js/preset/cn2t';
import type { ComparableText } from '../../../src/dedupe/comparable-text.js';
import type { Corpus, StoryText } from './corpus/corpus.js';
import type { Random } from './random.js';

const converterTo = ConverterBuilder(simplifiedToTraditional);
const toTraditional = ['t', 'tw', 'hk'].map((to) => converterTo({ from: 'cn', to }));

export function articleOf(language: string, story: StoryText, backgrounders: readonly string[]): ComparableText {
  const body = [...story.paragraphs, ...backgrounders].map((text) => ({ type: 'text' as const, text }));
  return { title: story.title, lead: story.lead, body, dateline: null, language };
}

/** Applies a change of wording to title, lead and every paragraph. */
export function mapText(article: ComparableText, change: (text: string) => string): ComparableText {
  return {
    ...article,
    title: change(article.title),
    lead: article.lead === null ? null : change(article.lead),
    body: article.body.map((block) => ({ ...block, text: change(block.text) })),
  };
}

/** The Traditional edition of a Simplified text; each converter has its own way with one-to-many characters. */
export function traditional(article: ComparableText, random: Random): ComparableText {
  const convert = random.pick(toTraditional);
  return { ...mapText(article, convert), language: 'zh-Hant' };
}

/** Changes one letter or digit in `every` on average, at least one: replaced, left out or doubled by another. */
export function editCharacters(article: ComparableText, every: number, random: Random): ComparableText {
  const alphabet = Array.from(article.body.map(({ text }) => text).join('')).filter((c) => /\p{L}/u.test(c));
  let edits = 0;
  const edit = (text: string): string =>
    Array.from(text, (character) => {
      if (!/[\p{L}\p{N}]/u.test(character) || random.next() * every >= 1) return character;
      edits += 1;
      const other = alphabet.find((c, i) => i >= random.below(alphabet.length) && c !== character) ?? 'x';
      return random.pick([other, '', character + other]);
    }).join('');
  const edited = mapText(article, edit);
  return edits > 0 ? edited : editCharacters(article, every, random);
}

/** Says it as the other region would: every listed wording that occurs. */
export function rewordRegionally(article: ComparableText, corpus: Corpus): ComparableText {
  return mapText(article, (text) => corpus.wordings.reduce((now, [here, there]) => now.replaceAll(here, there), text));
}

function lengthOf(article: ComparableText): number {
  return [article.lead ?? '', ...article.body.map(({ text }) => text)].join('').length;
}

/** Cuts about a fifth away: from the end, from the beginning, or sentences from anywhere. */
export function cutFifth(article: ComparableText, random: Random): ComparableText {
  const target = Math.round(lengthOf(article) * 0.2);
  const way = random.below(3);
  if (way === 0) return { ...article, body: cutBlocks([...article.body].reverse(), target, false).reverse() };
  if (way === 1) {
    const lead = article.lead ?? '';
    return { ...article, lead: null, body: cutBlocks(article.body, Math.max(0, target - lead.length), true) };
  }
  let left = target;
  const keep = (text: string): string =>
    text
      .split(/(?<=[。։])|(?<=[.!?»”])\s+/u)
      .filter((sentence) => {
        if (left <= 0 || random.next() < 0.7) return true;
        left -= sentence.length;
        return false;
      })
      .join(article.language.startsWith('zh') ? '' : ' ');
  const body = article.body.map((block) => ({ ...block, text: keep(block.text) })).filter(({ text }) => text !== '');
  return left === target
    ? { ...article, body: cutBlocks([...article.body].reverse(), target, false).reverse() }
    : { ...article, body };
}

type Body = ComparableText['body'][number][];

function cutBlocks(blocks: ComparableText['body'], letters: number, atStart: boolean): Body {
  let left = letters;
  const result: Body = [];
  for (const block of blocks) {
    const cut = Math.min(left, block.text.length);
    left -= cut;
    const text = atStart ? block.text.slice(cut) : block.text.slice(0, block.text.length - cut);
    if (text !== '') result.push({ ...block, text });
  }
  return result;
}

/** Leaves the first half. */
export function cutHalf(article: ComparableText): ComparableText {
  const target = Math.round(lengthOf(article) / 2);
  return { ...article, body: cutBlocks([...article.body].reverse(), target, false).reverse() };
}

/** Appends pasted history until the text is nearly twice as long. */
export function appendHistory(article: ComparableText, corpus: Corpus): ComparableText {
  const present = new Set(article.body.map(({ text }) => text));
  const body = [...article.body];
  let left = lengthOf(article) * 0.9;
  for (const text of [...corpus.backgrounders, ...corpus.additions]) {
    if (text.length > left || present.has(text)) continue;
    body.push({ type: 'text', text });
    left -= text.length;
  }
  return { ...article, body };
}

/** As another outlet prints it: its own dateline and a byline in front, its own note below. */
export function reprint(article: ComparableText, corpus: Corpus): ComparableText {
  const [front = '', below = ''] = corpus.additions.map((text) => text.slice(0, 40));
  const [first, ...rest] = article.body;
  const opening = first === undefined ? [] : [{ ...first, text: `${front.slice(0, 16)} — ${first.text}` }];
  return { ...article, body: [...opening, ...rest, { type: 'text', text: below }] };
}

/** Adds about a fifth: paragraphs of an update, in front, at the end or between. */
export function addFifth(article: ComparableText, corpus: Corpus, random: Random): ComparableText {
  const target = lengthOf(article) * 0.2;
  const body = [...article.body];
  let added = 0;
  for (const text of random.shuffle(corpus.additions)) {
    if (added > 0 && added + text.length > target * 1.25) break;
    body.splice(random.below(body.length + 1), 0, { type: 'text', text });
    added += text.length;
  }
  return { ...article, body };
}

export function reorder(article: ComparableText, random: Random): ComparableText {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const body = random.shuffle(article.body);
    if (body.some((block, i) => block !== article.body[i])) return { ...article, body };
  }
  throw new Error('wanted an article of at least two paragraphs');
}

/** The same letters, set otherwise: width, quotation marks, spaces, capitals, paragraph breaks. */
export function typeset(article: ComparableText, random: Random): ComparableText {
  const isChinese = article.language.startsWith('zh');
  const changes: ((text: string) => string)[] = [
    (text) => text.replaceAll('，', ', ').replaceAll('：', ': ').replaceAll('“', '"').replaceAll('”', '"'),
    (text) => text.replaceAll('"', '„').replaceAll('«', '“').replaceAll('»', '”').replaceAll(' — ', ' - '),
    (text) =>
      text
        .replaceAll(' ', '\u00a0')
        .replaceAll('.', '. ')
        .replaceAll(/(\d)\. (\d)/g, '$1.$2'),
    (text) => (isChinese ? text.replaceAll('。', '。\u200b') : text.toUpperCase()),
  ];
  const changed = mapText(article, random.pick(changes));
  const [first, second, ...rest] = changed.body;
  if (first === undefined || second === undefined) return changed;
  const glue = isChinese ? '' : ' ';
  return { ...changed, body: [{ ...first, text: first.text + glue + second.text }, ...rest] };
}

/** Changes one number by one, wherever that number stands. @returns null if there is none. */
export function changeNumber(article: ComparableText, random: Random): ComparableText | null {
  const numbers = [article.lead ?? '', ...article.body.map(({ text }) => text)].join(' ').match(/\d+/g);
  if (numbers === null) return null;
  const number = random.pick(numbers);
  const other = String(Number(number) + 1 + random.below(3));
  return mapText(article, (text) => text.replaceAll(new RegExp(`(?<!\\d)${number}(?!\\d)`, 'g'), other));
}
