import { describe, expect, it } from 'vitest';
import { importBreaches, importCircles } from './import-rules.js';
import { purityBreaches } from './purity-rules.js';
import { parseSource, readSources } from './source-file.js';

const SOURCES = readSources('src');

describe('the source', () => {
  it('is there', () => {
    expect(SOURCES.length).toBeGreaterThan(10);
  });

  it('imports upstream only, and each library in its own room', () => {
    expect(SOURCES.flatMap(importBreaches)).toEqual([]);
  });

  it('holds no circle of imports', () => {
    expect(importCircles(SOURCES)).toEqual([]);
  });

  it('keeps clock, chance, environment and machine out of the pure rooms, and web and export from writing', () => {
    expect(SOURCES.flatMap(purityBreaches)).toEqual([]);
  });
});

describe('an import that breaks a rule is named:', () => {
  it.each([
    ['a room below', 'src/store/a.ts', `import { a } from '../workers/a.js';`],
    ['a room below, for its type', 'src/domain/a.ts', `import type { A } from '../store/a.js';`],
    ['a room below, while running', 'src/store/a.ts', `await import('../cli/a.js');`],
    ['a room below, in a type', 'src/store/a.ts', `let a: import('../cli/a.js').A;`],
    ['a room below, by re-export', 'src/store/a.ts', `export { a } from '../cli/a.js';`],
    ['the queue from the crawlers', 'src/crawlers/a.ts', `import { a } from '../queue/a.js';`],
    ['the captures from the crawlers', 'src/crawlers/a.ts', `import { a } from '../captures/a.js';`],
    ['the crawlers from the workers', 'src/workers/a.ts', `import { a } from '../crawlers/a.js';`],
    ['cli from app', 'src/app/a.ts', `import { a } from '../cli/a.js';`],
    ['test from src', 'src/app/a.ts', `import { a } from '../../test/a.js';`],
    ['crawlee outside of crawlers', 'src/app/a.ts', `import { a } from '@crawlee/basic';`],
    ['the family of crawlee at all', 'src/crawlers/a.ts', `import { a } from 'crawlee';`],
    ["Crawlee's parser at all", 'src/crawlers/a.ts', `await import('@crawlee/cheerio');`],
    ['playwright outside of crawlers', 'src/cli/a.ts', `import type { A } from 'playwright';`],
    ['files from a pure room', 'src/sputnik/a.ts', `import { readFile } from 'node:fs/promises';`],
    ['Redis from a pure room', 'src/dedupe/a.ts', `import { Redis } from 'ioredis';`],
    ['the logger from a pure room', 'src/normalise/a.ts', `import { a } from '../platform/logger.js';`],
    ['the clock from a pure room', 'src/normalise/a.ts', `import { systemClock } from '../platform/clock.js';`],
    ['the settings from a pure room', 'src/sputnik/a.ts', `import { a } from '../config/a.js';`],
    ['random bytes from a pure room', 'src/dedupe/a.ts', `import { randomBytes } from 'node:crypto';`],
    ['a folder of helpers', 'src/store/utils/a.ts', ''],
    ['a folder of types', 'src/types/a.ts', ''],
    ['a barrel', 'src/store/index.ts', ''],
    ['a file in no room', 'src/main.ts', ''],
    ['an unknown room', 'src/stuff/a.ts', ''],
  ])('%s', (_name, path, text) => {
    expect(importBreaches(parseSource(path, text))).not.toEqual([]);
  });

  it.each([
    ['a room above', 'src/store/a.ts', `import { a } from '../dedupe/a.js';`],
    ['hashing in a pure room', 'src/dedupe/a.ts', `import { createHash } from 'node:crypto';`],
    [
      'the form of an instant in a pure room',
      'src/sputnik/a.ts',
      `import { toUtcInstant } from '../platform/clock.js';`,
    ],
    [
      'the pace of the crawlers in the queue',
      'src/queue/a.ts',
      `import type { A } from '../crawlers/host-throttle.js';`,
    ],
  ])('but not %s', (_name, path, text) => {
    expect(importBreaches(parseSource(path, text))).toEqual([]);
  });

  it('a circle, once', () => {
    const circle = [
      parseSource('src/store/a.ts', `import { b } from './b.js';`),
      parseSource('src/store/b.ts', `import type { C } from './c.js';`),
      parseSource('src/store/c.ts', `export { b } from './b.js';`),
    ];
    expect(importCircles(circle)).toEqual(['src/store/b.ts → src/store/c.ts → src/store/b.ts']);
  });
});

describe('code that breaks a rule is named:', () => {
  it.each([
    ['the environment outside of config', 'src/app/a.ts', `const a = process.env['A'];`],
    ['the environment, unpacked', 'src/app/a.ts', `const { env } = process;`],
    ['the environment, imported', 'src/app/a.ts', `import { env } from 'node:process';`],
    ['the clock in a pure room', 'src/sputnik/a.ts', 'const a = Date.now();'],
    ['the clock as a value', 'src/sputnik/a.ts', 'const now = Date.now;'],
    ['the date of today in a pure room', 'src/normalise/a.ts', 'const a = new Date();'],
    ['the date as text in a pure room', 'src/normalise/a.ts', 'const a = Date();'],
    ['chance in a pure room', 'src/dedupe/a.ts', 'const a = Math.random();'],
    ['the network in a pure room', 'src/sputnik/a.ts', `await fetch('https://example.org');`],
    ['waiting in a pure room', 'src/dedupe/a.ts', 'setTimeout(() => {}, 1);'],
    ['the process in a pure room', 'src/domain/a.ts', 'process.exit(1);'],
    ['writing from web', 'src/web/a.ts', `import { writeFileSync } from 'node:fs'; writeFileSync('a', '');`],
  ])('%s', (_name, path, text) => {
    expect(purityBreaches(parseSource(path, text))).not.toEqual([]);
  });

  it.each([
    ['the environment in config', 'src/config/a.ts', `const a = process.env['A'];`],
    ['a date from an instant', 'src/normalise/a.ts', 'const a = new Date(0);'],
    [
      'a field of that name',
      'src/domain/a.ts',
      'interface A { fetch: string; process: string }; const b = { fetch: 1 };',
    ],
    ['a word in a comment', 'src/sputnik/a.ts', '// Date.now() and process.env have no place here'],
    ['reading from web', 'src/web/a.ts', `import { readFileSync } from 'node:fs'; readFileSync('a');`],
  ])('but not %s', (_name, path, text) => {
    expect(purityBreaches(parseSource(path, text))).toEqual([]);
  });
});
