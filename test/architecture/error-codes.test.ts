import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentedCodes, isDocumented, thrownCodes } from './error-codes.js';
import { parseSource, readSources, ROOT } from './source-file.js';

const PAGE = readFileSync(path.join(ROOT, 'docs/errors.md'), 'utf8');
/** Files that hand on the code of an error built elsewhere. */
const HANDING_ON: readonly string[] = ['src/workers/extraction-pool.ts'];
const THROWN = readSources('src')
  .flatMap(thrownCodes)
  .filter(({ code, place }) => code !== '*' || !HANDING_ON.includes(place.replace(/:\d+$/, '')));

describe('docs/errors.md', () => {
  it('holds every code with which an error is built', () => {
    const documented = documentedCodes(PAGE);
    const missing = THROWN.filter(({ code }) => !isDocumented(code, documented));
    expect(missing.map(({ code, place }) => `${code} at ${place}`)).toEqual([]);
  });

  it('holds no code that nothing builds, and none twice', () => {
    const documented = documentedCodes(PAGE);
    const built = THROWN.map(({ code }) => code);
    expect(documented.filter((entry) => !built.some((code) => isDocumented(code, [entry])))).toEqual([]);
    expect(documented).toEqual([...new Set(documented)]);
  });
});

describe('the reading of codes', () => {
  const codes = (text: string): string[] => thrownCodes(parseSource('src/store/a.ts', text)).map(({ code }) => code);

  it('finds literals, alternatives and composed codes', () => {
    expect(codes(`throw new FatalError('a', { code: 'disk.full', cause });`)).toEqual(['disk.full']);
    expect(codes(`throw new UsageError('a', { code: b ? 'x.one' : 'x.two' });`)).toEqual(['x.one', 'x.two']);
    expect(codes('throw new RetryableError("a", { code: `fetch.${reason}` });')).toEqual(['fetch.*']);
    const table = `const REMEDIES = { ENOSPC: { code: 'disk.full' } }; throw new FatalError('a', { code });`;
    expect(codes(table)).toEqual(['disk.full']);
    const tuples = `const HINTS = { 13: ['disk.full', 'Free space.'] }; throw new FatalError('a', { code: name });`;
    expect(codes(tuples)).toEqual(['disk.full']);
  });

  it('says where a code is not written out', () => {
    expect(codes(`throw new FatalError('a', details);`)).toEqual(['*']);
    expect(codes(`throw new FatalError('a', { code });`)).toEqual(['*']);
    expect(codes(`throw new FatalError('a', { code: 'ENOSPC' });`)).toEqual(['*']);
    expect(isDocumented('*', ['disk.full'])).toBe(false);
  });

  it('takes a word in angle brackets for anything', () => {
    expect(documentedCodes('| `fetch.<reason>` | … |\n| `disk.full` | … |')).toEqual(['fetch.<reason>', 'disk.full']);
    expect(isDocumented('fetch.*', ['fetch.<reason>'])).toBe(true);
  });
});
