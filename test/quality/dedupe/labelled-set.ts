import type { ComparableText } from '../../../src/dedupe/comparable-text.js';
import { armenian } from './corpus/armenian.js';
import { azerbaijani } from './corpus/azerbaijani.js';
import { chinese } from './corpus/chinese.js';
import type { Corpus, Story, StoryText } from './corpus/corpus.js';
import { english } from './corpus/english.js';
import { NOTICES } from './corpus/notices.js';
import { russian } from './corpus/russian.js';
import {
  addFifth,
  appendHistory,
  articleOf,
  changeNumber,
  cutFifth,
  cutHalf,
  editCharacters,
  mapText,
  reorder,
  reprint,
  rewordRegionally,
  traditional,
  typeset,
} from './edit-text.js';
import { Random } from './random.js';

/**
 * What the right answer is. `changed`: not exact, since a claim differs; whether so close a text is linked as near is
 * the method's choice, so the class counts neither for nor against the near figures.
 */
export type Label = 'exact' | 'near' | 'changed' | 'distinct';

export interface LabelledPair {
  readonly name: string;
  readonly language: string;
  readonly label: Label;
  readonly a: ComparableText;
  readonly b: ComparableText;
}

export const CORPORA: readonly Corpus[] = [chinese, russian, english, armenian, azerbaijani];

type Make = (article: ComparableText, corpus: Corpus, story: Story, random: Random) => ComparableText | null;

const CLASSES: readonly { name: string; label: Label; make: Make }[] = [
  { name: 'script', label: 'exact', make: (x, c, _s, r) => (c.language === 'zh-Hans' ? traditional(x, r) : null) },
  { name: 'typography', label: 'exact', make: (x, _c, _s, r) => typeset(x, r) },
  { name: 'edits 1:200', label: 'near', make: (x, _c, _s, r) => editCharacters(x, 200, r) },
  { name: 'edits 1:50', label: 'near', make: (x, _c, _s, r) => editCharacters(x, 50, r) },
  { name: 'wording', label: 'near', make: (x, c) => differing(x, rewordRegionally(x, c)) },
  { name: 'cut 20 %', label: 'near', make: (x, _c, _s, r) => cutFifth(x, r) },
  { name: 'added 20 %', label: 'near', make: (x, c, _s, r) => addFifth(x, c, r) },
  { name: 'cut 50 %', label: 'near', make: (x) => cutHalf(x) },
  { name: 'history appended', label: 'near', make: (x, c) => appendHistory(x, c) },
  { name: 'reprint', label: 'near', make: (x, c) => reprint(x, c) },
  { name: 'reordered', label: 'near', make: (x, _c, _s, r) => reorder(x, r) },
  {
    name: 'edited, reordered, reworded',
    label: 'near',
    make: (x, c, _s, r) => reorder(rewordRegionally(editCharacters(x, 100, r), c), r),
  },
  { name: 'headline', label: 'near', make: (x, _c, s) => ({ ...x, title: s.again.title }) },
  { name: 'number', label: 'changed', make: (x, _c, _s, r) => changeNumber(x, r) },
  { name: 'negation', label: 'changed', make: (x, _c, s) => replaced(x, s.denial) },
  { name: 'name', label: 'changed', make: (x, _c, s) => replaced(x, s.name) },
];

function differing(before: ComparableText, after: ComparableText): ComparableText | null {
  return JSON.stringify(before) === JSON.stringify(after) ? null : after;
}

function replaced(article: ComparableText, [from, to]: readonly [string, string]): ComparableText {
  const changed = differing(
    article,
    mapText(article, (text) => text.replaceAll(from, to)),
  );
  if (changed === null) throw new Error(`wanted "${from}" in "${article.title}", found none`);
  return changed;
}

/** Half of the Chinese pairs meet across the two editions. */
function acrossScripts(article: ComparableText, corpus: Corpus, random: Random): ComparableText {
  return corpus.language === 'zh-Hans' && random.next() < 0.5 ? traditional(article, random) : article;
}

function copiesOf(corpus: Corpus, random: Random): LabelledPair[] {
  const pairs: LabelledPair[] = [];
  for (const story of corpus.stories) {
    const a = articleOf(corpus.language, story, corpus.backgrounders.slice(0, random.below(3)));
    for (const { name, label, make } of CLASSES) {
      const made = make(a, corpus, story, random);
      if (made === null) continue;
      const b = name === 'script' ? made : acrossScripts(made, corpus, random);
      pairs.push({ name, label, language: corpus.language, a, b });
    }
  }
  return pairs;
}

function strangersOf(corpus: Corpus, random: Random): LabelledPair[] {
  const pairs: LabelledPair[] = [];
  const { language, stories } = corpus;
  const add = (name: string, a: ComparableText, b: ComparableText): void => {
    pairs.push({ name, label: 'distinct', language, a, b: acrossScripts(b, corpus, random) });
  };
  for (const [i, story] of stories.entries()) {
    const pasted = corpus.backgrounders.slice(0, 2 + random.below(2));
    const other = stories[(i + 1 + random.below(stories.length - 1)) % stories.length]!;
    add('backgrounder', articleOf(language, story, pasted), articleOf(language, other, pasted));
    const short = (text: Story): Story => ({ ...text, paragraphs: text.paragraphs.slice(0, random.below(2)) });
    add('short backgrounder', articleOf(language, short(story), pasted), articleOf(language, short(other), pasted));
    add('flash backgrounder', flashOf(corpus, story, random), flashOf(corpus, other, random));
    add('told again', articleOf(language, story, []), articleOf(language, story.again, []));
    add('told again, pasted', articleOf(language, story, pasted), articleOf(language, story.again, pasted));
    add('told again, flash', flashOf(corpus, story, random), flashOf(corpus, story.again, random));
    add('other news', articleOf(language, story, []), articleOf(language, other, []));
    add('bulletin', bulletinOf(corpus, 2 + i, random), bulletinOf(corpus, 14 + i, random));
    const counts = [11 + i, 3, 2] as const;
    const dayOf = (day: number): ComparableText => articleOf(language, corpus.bulletin(day, counts), []);
    add('bulletin, other day', dayOf(12), dayOf(13));
  }
  return pairs;
}

/** One sentence of news, no lead, and all the history there is, now and then with the history first. */
function flashOf(corpus: Corpus, story: StoryText, random: Random): ComparableText {
  const paragraphs = [...corpus.backgrounders];
  paragraphs.splice(random.next() < 0.7 ? 0 : 1, 0, random.pick(story.paragraphs));
  return { ...articleOf(corpus.language, { title: story.title, lead: '', paragraphs }, []), lead: null };
}

function bulletinOf(corpus: Corpus, day: number, random: Random): ComparableText {
  // Each day's counts are its own: even and odd days draw from ranges that do not meet.
  const base = day < 14 ? 11 : 61;
  const counts = [base + random.below(40), base + random.below(40), base + random.below(40)] as const;
  return articleOf(corpus.language, corpus.bulletin(day, counts), []);
}

/** Notices in many languages of which one says the opposite, another count or another name in headline and text. */
function noticePairs(random: Random): LabelledPair[] {
  return NOTICES.map(({ language, title, text, others }) => {
    const [from, to] = random.pick(others);
    const say = (words: string): string =>
      from.split('|').reduce((now, word, i) => now.replaceAll(word, to.split('|')[i] ?? word), words);
    const article = (of: (words: string) => string): ComparableText =>
      articleOf(language, { title: of(title), lead: '', paragraphs: [of(text)] }, []);
    const [a, b] = [article((words) => words), article(say)];
    return { name: 'notice', label: 'distinct' as const, language, a, b: replacedBy(a, b) };
  });
}

function replacedBy(a: ComparableText, b: ComparableText): ComparableText {
  if (a.title === b.title || a.body[0]?.text === b.body[0]?.text)
    throw new Error(`nothing was replaced in "${a.title}"`);
  return b;
}

/** @returns the labelled pairs of one seed; the same for the same seed, about 300. */
export function labelledPairs(seed: number): LabelledPair[] {
  const pairs = CORPORA.flatMap((corpus, i) => {
    const random = new Random(seed * 31 + i);
    return [...copiesOf(corpus, random), ...strangersOf(corpus, random)];
  });
  return [...pairs, ...noticePairs(new Random(seed))];
}
