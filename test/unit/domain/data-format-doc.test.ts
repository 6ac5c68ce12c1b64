import { describe, expect, it } from 'vitest';
import { articleSchema } from '../../../src/domain/article.js';
import { EXAMPLE_ARTICLE } from './example-article.js';
import { renderDataFormat } from './render-data-format.js';

const doc = new URL('../../../docs/data-format.md', import.meta.url).pathname;

/** `capture`, `capture.etag`, also of what lists hold. */
function keysOf(value: unknown, path = ''): string[] {
  const inner: unknown = Array.isArray(value) ? (value as unknown[])[0] : value;
  if (typeof inner !== 'object' || inner === null) return [];
  return Object.entries(inner).flatMap(([key, one]) => [
    path + key,
    ...(path === '' && key !== 'provenance' ? keysOf(one, `${key}.`) : []),
  ]);
}

describe('docs/data-format.md', () => {
  it('says what the schema says', async () => {
    await expect((await renderDataFormat()).text).toMatchFileSnapshot(doc);
  });

  it('shows every key with an example in which something stands', async () => {
    expect(articleSchema.parse(EXAMPLE_ARTICLE)).toEqual(EXAMPLE_ARTICLE);
    expect(new Set(keysOf(EXAMPLE_ARTICLE))).toEqual(new Set((await renderDataFormat()).keys));
    for (const value of Object.values(EXAMPLE_ARTICLE)) expect(value === null || value === '').toBe(false);
  });
});
