import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  folderCircles,
  GIVEN_UP_WORDS,
  repeatedExports,
  repeatedFileNames,
  unusedExports,
  wordBreaches,
} from './house-rules.js';
import { parseSource, readSources, ROOT } from './source-file.js';

const SOURCES = readSources('src');
const SITE = readSources('testsite');
/** Everything that may use what `src` exports. */
const USERS = [...SOURCES, ...SITE, ...['test', 'bench'].flatMap(readSources)];

/** Decisions and the changelog tell the past in its own words. */
const DOCUMENTS = [
  ...readdirSync(path.join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'],
];
const TEXTS = [...SOURCES.map((file) => file.path), ...SITE.map((file) => file.path), ...DOCUMENTS].map(
  (file) => [file, readFileSync(path.join(ROOT, file), 'utf8')] as const,
);

/** Known and still to be mended; nothing is added here. */
const SAME_NAME_LEFT = ['article.ts', 'article-view.ts', 'entryOf', 'toInstant', 'monthsOf'];
/** Piscina calls the first by its file; the second waits for the record's schema. */
const UNUSED_LEFT = ['src/workers/extract-thread.ts: extractOnThread', 'src/domain/article.ts: articleFormatSchema'];
const isNew = (found: string): boolean => !SAME_NAME_LEFT.includes(found.split(':')[0] ?? '');

describe('the words of the field', () => {
  it.each(GIVEN_UP_WORDS)('$instead, and not $pattern', (word) => {
    const found = TEXTS.flatMap(([file, text]) => wordBreaches(file, text, word));
    expect(found.slice(0, Math.max(0, found.length - word.left))).toEqual([]);
  });

  it('are told by line, names of the platform left out', () => {
    const [settle] = GIVEN_UP_WORDS;
    expect(wordBreaches('src/a.ts', 'a\nawait Promise.allSettled(b);\nsettlePage(c);', settle!)).toEqual([
      'src/a.ts:3: settlePage (say process, result)',
    ]);
  });
});

describe('a file that the program looks for', () => {
  it('is found from the folder of the package: in the bundle no module stands where its source does', () => {
    const found = TEXTS.filter(
      ([file, text]) => file.startsWith('src/') && /URL\([^)]*import\.meta|meta\.dirname/.test(text),
    );
    expect(found.map(([file]) => file)).toEqual(['src/cli/main.ts', 'src/platform/package-dir.ts']);
  });
});

describe('one name for one thing', () => {
  it('no two files of src have the same name', () => {
    expect(repeatedFileNames(SOURCES.map((file) => file.path)).filter(isNew)).toEqual([]);
    expect(repeatedFileNames(['src/a/x.ts', 'src/b/x.ts', 'src/b/y.ts'])).toEqual(['x.ts: src/a/x.ts, src/b/x.ts']);
  });

  it('no two files export the same name', () => {
    expect(repeatedExports(SOURCES).filter(isNew)).toEqual([]);
    const twice = ['src/a.ts', 'src/b.ts'].map((file) => parseSource(file, 'export const size = 1;'));
    expect(repeatedExports(twice)).toEqual(['size: src/a.ts, src/b.ts']);
  });

  it('nothing is exported that no other file uses', () => {
    expect(unusedExports(SOURCES, USERS).filter((one) => !UNUSED_LEFT.includes(one))).toEqual([]);
    const a = parseSource('src/a.ts', 'export function used() {}\nexport class Unused {}\nexport interface Free {}');
    const b = parseSource('src/b.ts', `import { used } from './a.js';`);
    expect(unusedExports([a], [a, b])).toEqual(['src/a.ts: Unused']);
  });
});

describe('folders', () => {
  it('import each other in one direction, at any depth', () => {
    expect(folderCircles(SOURCES)).toEqual([]);
    expect(folderCircles(SITE)).toEqual([]);
    const a = parseSource('src/a/x.ts', `import type { B } from './b/y.js';`);
    const b = parseSource('src/a/b/y.ts', `import { x } from '../x.js';`);
    expect(folderCircles([a, b])).toEqual(['src/a > src/a/b']);
  });
});
