/**
 * @param name  Folder of the fixture.
 * @returns     Source of a test beside the golden pages that says what is missing until the reader is mended. Pure.
 */
export function fixtureTest(name: string): string {
  return `import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readArticlePage } from './read-page.js';

// A page that the reader stopped reading. To mend it:
// 1. move the folder ${name} to test/contract/golden/, this file to test/contract/;
// 2. open page.html in a browser, and correct every field of expected.json by what it shows;
// 3. shorten page.html to the markup that matters, and replace the agency's sentences by invented ones, in both files;
// 4. mend the reader (a dated reader of its own where the engine is new) until this test is green;
// 5. remove this file: golden-pages.test.ts reads the folder from now on.
const FOLDER = join(import.meta.dirname, 'golden', '${name}');

it('${name} is read as it stands', () => {
  const expected = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as {
    readonly url: string;
    readonly fetchedAt: string;
    readonly article: object;
  };
  const page = readFileSync(join(FOLDER, 'page.html'));
  const { provenance: _provenance, ...article } = readArticlePage(page, expected.url, { fetchedAt: expected.fetchedAt });
  expect(article).toEqual(expected.article);
});
`;
}
