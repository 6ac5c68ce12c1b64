import { describe, expect, it } from 'vitest';
import { listArticleEdits, statesOf } from '../../../src/edits/list-article-edits.js';
import { foldObservations } from '../../../src/records/fold-observations.js';
import { articleSchema } from '../../../src/domain/article.js';
import { observation } from '../records/observations.js';
import type { Observation } from '../../../src/records/timeline.js';
import { editedAt } from '../../../src/store/files/article-files.js';

const picture = (number: number, crop = '0:0:10:10') => ({
  url: `https://cdn.example/img/${number}_${crop}.jpg`,
  caption: null,
  credit: null,
});

function seen(at: number, text: string, image: ReturnType<typeof picture>): Observation {
  const made = observation({ at, text });
  return { ...made, article: { ...made.article, images: [image] } };
}

describe('the pictures of an article', () => {
  it('are no part of its record while they stay the same', () => {
    const record = foldObservations([seen(1, 'A', picture(100001)), seen(2, 'B', picture(100001))])!;
    expect(Object.keys(record)).not.toContain('pictures');
    expect(listArticleEdits(record)[0]?.edits.some(({ type }) => type === 'picture')).toBe(false);
  });

  it('are edits with the times between which they were changed, also where the text stays', () => {
    const [old, fresh] = [picture(100001), picture(100002)];
    const record = foldObservations([seen(1, 'A', old), seen(5, 'A', old), seen(9, 'A', fresh)])!;
    expect(articleSchema.parse(record)).toEqual(record);
    expect(record.revisions).toEqual([]);
    expect(record.images).toEqual([fresh]);
    expect(listArticleEdits(record)).toMatchObject([
      {
        from: { revision: 1, seenAt: '2024-05-01T00:00:01Z' },
        to: { revision: 1, seenAt: '2024-05-01T00:00:09Z' },
        edits: [
          { type: 'picture', weight: 'substantive', before: old.url, after: null },
          { type: 'picture', weight: 'substantive', before: null, after: fresh.url },
        ],
      },
    ]);
    expect(editedAt(record)).toBe('2024-05-01T00:00:09Z');
  });

  it('stand with the text that changed with them, and in a difference of two revisions', () => {
    const [old, cut] = [picture(100001), picture(100001, '5:5:9:9')];
    const record = foldObservations([seen(1, 'A', old), seen(9, 'B', cut)])!;
    const [step, ...others] = listArticleEdits(record);
    expect(others).toEqual([]);
    expect(step?.edits.filter(({ type }) => type === 'picture')).toMatchObject([
      { weight: 'trivial', before: old.url, after: cut.url },
    ]);
    expect(statesOf(record).map(({ images }) => images?.[0]?.url)).toEqual([old.url, cut.url]);
  });

  it('are kept up to fifty changes', () => {
    const record = foldObservations(Array.from({ length: 70 }, (_, at) => seen(at, 'A', picture(100_000 + at))))!;
    expect(record.pictures).toHaveLength(50);
  });
});
