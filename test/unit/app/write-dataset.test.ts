import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeDataset } from '../../../src/app/dataset/write-dataset.js';
import { sampleArticle } from '../export/sample-articles.js';

const ORIGIN = { software: 'sputnik-harvester 0', command: 'sputnik export', madeAt: '2026-11-26T00:00:00Z' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sputnik-dataset-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('a data set takes the place of an empty folder', async () => {
  const target = join(folder, 'armenia');
  mkdirSync(target);
  await writeDataset(target, [sampleArticle()], ORIGIN);
  expect(readdirSync(target)).toContain('SHA256SUMS');
});

it('a data set may be read by whom its folder’s files may be read by', async () => {
  const target = join(folder, 'armenia');
  await writeDataset(target, [sampleArticle()], ORIGIN);
  expect(statSync(target).mode).toBe(statSync(join(target, 'data')).mode);
});

it('a data set never takes the place of what was put into its folder while it was made', async () => {
  const target = join(folder, 'armenia');
  const articles = function* () {
    mkdirSync(target);
    writeFileSync(join(target, 'thesis.txt'), 'years of work');
    yield sampleArticle();
  };
  await expect(writeDataset(target, articles(), ORIGIN)).rejects.toMatchObject({ code: 'usage.output' });
  expect(readFileSync(join(target, 'thesis.txt'), 'utf8')).toBe('years of work');
  expect(readdirSync(folder)).toEqual(['armenia']);
});
