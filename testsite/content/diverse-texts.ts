import { seededRandom, type SeededRandom } from './seeded-random.js';
import type { StoryBlock, StoryContent } from './story.js';

/**
 * Texts as diverse as real news, for benchmarks: two unrelated stories share hardly a phrase, as sentences put together from a
 * grammar do. Words are drawn from an invented vocabulary by a law like Zipf's; three stories in ten end with one of
 * five backgrounders, as an agency pastes them. Written in ideographs, whatever the edition.
 */
const WORDS_MAX = 20_000;
const BACKGROUNDERS = 5;
const BACKGROUNDER_SHARE = 0.3;
/** In words of two ideographs: an article of some 700 of these, as the agency's are long. */
const PARAGRAPHS = { min: 5, max: 8 };
const PARAGRAPH_WORDS = { min: 35, max: 60 };
const TITLE_WORDS = 10;
const LEAD_WORDS = 24;
/** Of a draw between 0 and 1: the higher, the more often the first words are drawn. */
const SKEW = 1.6;

const vocabulary = ((): string[] => {
  const random = seededRandom('diverse/vocabulary');
  const ideograph = (): string => String.fromCodePoint(0x4e00 + random.whole(0, 5999));
  return Array.from({ length: WORDS_MAX }, () => ideograph() + ideograph());
})();

function write(random: SeededRandom, count: number): string {
  let text = '';
  for (let i = 0; i < count; i += 1) text += vocabulary[Math.floor(WORDS_MAX * random.next() ** SKEW)] ?? '';
  return text;
}

const backgrounders = Array.from({ length: BACKGROUNDERS }, (_, i) =>
  write(seededRandom(`diverse/backgrounder/${i}`), 70),
);

/** @returns the story with another title, lead and body of its own. Pure: the same stream gives the same texts. */
export function withDiverseText(content: StoryContent, random: SeededRandom): StoryContent {
  const paragraphs = Array.from({ length: random.whole(PARAGRAPHS.min, PARAGRAPHS.max) }, () =>
    write(random, random.whole(PARAGRAPH_WORDS.min, PARAGRAPH_WORDS.max)),
  );
  if (random.chance(BACKGROUNDER_SHARE)) paragraphs.push(random.pick(backgrounders));
  const blocks = paragraphs.map((text): StoryBlock => ({ type: 'text', runs: [{ kind: 'plain', text: `${text}。` }] }));
  const foreign = content.blocks.filter(({ type }) => type === 'article' || type === 'media' || type === 'banner');
  return {
    ...content,
    ...{ title: write(random, TITLE_WORDS), secondTitle: null, lead: `${write(random, LEAD_WORDS)}。`, digest: [] },
    blocks: [...blocks, ...foreign],
  };
}
