import { describe, expect, it } from 'vitest';

import { EDITION_IDS, editionProfile } from '../../../testsite/content/edition-profiles.js';
import { createSiteContent } from '../../../testsite/content/site-content.js';
import { withDefaults } from '../../../testsite/content/test-site-options.js';
import { familyProfiles, populate } from '../../../testsite/content/populate.js';
import type { TruthArticle } from '../../../testsite/content/truth.js';
import { World } from '../../../testsite/content/world.js';

const NOW = Date.UTC(2026, 6, 29, 5, 19);
const STORIES = 120;

/** The four-letter pieces of an article's text, letters and digits only. */
function shingles(article: TruthArticle): Set<string> {
  const text = [article.title, article.lead ?? '', ...article.body.map((block) => block.text)]
    .join('')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  const found = new Set<string>();
  for (let at = 0; at + 4 <= text.length; at += 1) found.add(text.slice(at, at + 4));
  return found;
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const piece of a) if (b.has(piece)) common += 1;
  return common / (a.size + b.size - common);
}

function site(edition: string, duplicates = { exact: 0, near: 0 }): readonly TruthArticle[] {
  const settings = withDefaults(
    { seed: 21, stories: STORIES, editions: [edition], duplicates, clock: { now: () => NOW } },
    [],
  );
  const world = new World([editionProfile(edition)]);
  populate(world, settings);
  return createSiteContent(world, settings).truth();
}

const all = new World(EDITION_IDS.map(editionProfile));
const languages = new Map(familyProfiles(all).map((profile) => [profile.language, profile.id]));

describe('the texts of the test site', () => {
  it.each([...languages])('written in %s never resemble each other, backgrounders included', (_language, edition) => {
    const texts = site(edition).map(shingles);
    let highest = 0;
    for (const [index, a] of texts.entries()) {
      for (const b of texts.slice(index + 1)) highest = Math.max(highest, jaccard(a, b));
    }
    expect(highest).toBeGreaterThan(0);
    expect(highest).toBeLessThan(0.52);
  });

  it('resemble their originals where they are near duplicates on purpose', () => {
    const articles = site('sputniknews.cn', { exact: 0, near: 8 });
    const near = articles.filter((article) => article.copyOf !== null);
    const similarities = near.map((copy) => {
      const original = articles.find((article) => article.articleId === copy.copyOf?.articleId)!;
      return jaccard(shingles(copy), shingles(original));
    });
    expect(Math.min(...similarities)).toBeGreaterThan(0.6);
    expect(Math.max(...similarities)).toBeLessThan(1);
  });
});
