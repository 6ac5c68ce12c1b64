import { expect, test } from 'vitest';
import { withDiverseText } from '../../../testsite/content/diverse-texts.js';
import { editionProfile } from '../../../testsite/content/edition-profiles.js';
import { seededRandom } from '../../../testsite/content/seeded-random.js';
import type { StoryContent } from '../../../testsite/content/story.js';
import { writeStory } from '../../../testsite/content/write-story.js';

const profile = editionProfile('sputniknews.cn');

function write(n: number): StoryContent {
  const random = seededRandom(`story/${n}`);
  const about = { armenia: true, azerbaijan: false };
  const plan = { profile, articleId: String(n), publishedAt: 0, about, form: 'current', earlier: [], random } as const;
  return withDiverseText(writeStory(plan), random);
}

function paragraphsOf({ blocks }: StoryContent): string[] {
  return blocks.flatMap((block) => (block.type === 'text' ? [block.runs.map(({ text }) => text).join('')] : []));
}

function shinglesOf(content: StoryContent): Set<string> {
  const characters = Array.from([content.title, content.lead, ...paragraphsOf(content)].join(''));
  return new Set(characters.slice(3).map((_, at) => characters.slice(at, at + 4).join('')));
}

test('unrelated texts share less than 3 % of their 4-grams, and three in ten share a backgrounder', () => {
  const stories = Array.from({ length: 100 }, (_, n) => write(n));
  const shingles = stories.map(shinglesOf);
  const similarities: number[] = [];
  for (let i = 0; i < stories.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const [a, b] = [shingles[i]!, shingles[j]!];
      const shared = [...a].filter((shingle) => b.has(shingle)).length;
      similarities.push(shared / (a.size + b.size - shared));
    }
  }
  similarities.sort((a, b) => a - b);
  expect(similarities[similarities.length >> 1]).toBeLessThan(0.03);
  const lasts = stories.map((story) => paragraphsOf(story).at(-1));
  const pasted = lasts.filter((text) => lasts.indexOf(text) !== lasts.lastIndexOf(text));
  expect(new Set(pasted).size).toBe(5);
  expect(pasted.length).toBeGreaterThan(20);
  expect(pasted.length).toBeLessThan(40);
});
