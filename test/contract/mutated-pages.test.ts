import { describe, expect, it } from 'vitest';
import { mutatePage } from './mutate-page.js';
import { readArticlePage } from './read-page.js';
import { renderCurrentPage } from './render-current-page.js';
import { SAMPLE_ARTICLE } from './sample-article.js';
import { seeded } from './seeded.js';

/** The cut and the whole page may find one value in different places. */
function withoutProvenance(page: string): object {
  return { ...readArticlePage(page, SAMPLE_ARTICLE.url), provenance: {} };
}

describe('pages changed in source and not in what they say', () => {
  it('give the same article, every field of it: 500 seeds', { timeout: 120_000 }, () => {
    const plain = renderCurrentPage(SAMPLE_ARTICLE);
    const expected = withoutProvenance(plain);
    expect(expected).toMatchObject({
      title: SAMPLE_ARTICLE.title,
      lead: SAMPLE_ARTICLE.lead,
      body: SAMPLE_ARTICLE.body,
    });
    for (let seed = 1; seed <= 500; seed += 1) {
      const page = mutatePage(plain, seeded(seed));
      expect(withoutProvenance(page), `seed ${seed}`).toEqual(expected);
    }
  });
});
