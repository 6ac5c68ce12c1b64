import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExtractedArticle } from '../../src/domain/extraction.js';
import { readPage } from './read-page.js';

const FOLDER = join(import.meta.dirname, 'golden');

/** Every field that a page can tell; an expectation that leaves one out is refused, so that none goes unchecked. */
const FIELDS = [
  'articleId',
  'edition',
  'family',
  'language',
  'url',
  'addressDate',
  'title',
  'lead',
  'body',
  'dateline',
  'publishedAt',
  'modifiedAt',
  'tags',
  'topics',
  'section',
  'authors',
  'format',
  'images',
  'related',
  'copyrightHolder',
  'extractor',
] as const satisfies readonly (keyof ExtractedArticle)[];

type Expected =
  | { readonly url: string; readonly fetchedAt: string; readonly article: Record<(typeof FIELDS)[number], unknown> }
  | { readonly url: string; readonly notArticle: string };

function load(name: string): { readonly page: Buffer; readonly expected: Expected } {
  const expected = JSON.parse(readFileSync(join(FOLDER, name, 'expected.json'), 'utf8')) as Expected;
  return { page: readFileSync(join(FOLDER, name, 'page.html')), expected };
}

/** Items of other formats may consist of pictures or a player alone. */
const TEXT_FORMATS = new Set(['text', 'live', 'longread']);
const NAMES = readdirSync(FOLDER).sort();

describe('golden pages', () => {
  it('are as many as there are engines, editions and reasons', () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(57);
  });

  it.each(NAMES)('%s says what is expected, every field of it', (name) => {
    const { expected } = load(name);
    if ('notArticle' in expected) return;
    expect(Object.keys(expected.article).sort()).toEqual([...FIELDS].sort());
    expect(expected.article.title).not.toBe('');
    if (TEXT_FORMATS.has(String(expected.article.format))) expect(expected.article.body).not.toEqual([]);
  });

  it.each(NAMES)('%s is read as it stands', (name) => {
    const { page, expected } = load(name);
    if ('notArticle' in expected) {
      expect(readPage(page, expected.url)).toEqual({ notArticle: expected.notArticle });
      return;
    }
    const result = readPage(page, expected.url, { fetchedAt: expected.fetchedAt });
    if ('notArticle' in result) throw new Error(`${name} was refused: ${result.notArticle}`);
    const { provenance, ...article } = result.article;
    expect(article).toEqual(expected.article);
    expect(Object.keys(provenance)).toEqual(expect.arrayContaining(['title', 'body', 'language']));
  });
});
