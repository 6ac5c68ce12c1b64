import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSecret } from '../../../src/config/read-secret.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sputnik-secret-'));
  writeFileSync(join(folder, 'good'), 'hush\n');
  writeFileSync(join(folder, 'empty'), ' \n');
  writeFileSync(join(folder, 'large'), 'x'.repeat(4_097));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const environment = { settings: { SPUTNIK_SECRET_DESK: 'whisper' } };
const read = (text: string): string => readSecret(text, 'notify.targets.desk.url', environment);

it('a secret is read from its variable, its file, or is the text itself', () => {
  expect([read('env:SPUTNIK_SECRET_DESK'), read(`file:${join(folder, 'good')}`), read('plain')]).toEqual([
    'whisper',
    'hush',
    'plain',
  ]);
});

it.each([
  ['empty', 'holds nothing'],
  ['large', 'has more than 4096 bytes'],
  ['none', 'cannot be read (ENOENT)'],
  ['', 'cannot be read (EISDIR)'],
  ['pipe', 'cannot be read (EISDIR)'],
])('a file that gives none (%s) is named with the reason, and not waited for', (name, why) => {
  const path = join(folder, name);
  expect(() => read(`file:${path}`)).toThrow(`notify.targets.desk.url is to stand in the file ${path}, which ${why}`);
});

it('a variable that is not set is named', () => {
  expect(() => read('env:SPUTNIK_SECRET_NONE')).toThrow('in the variable SPUTNIK_SECRET_NONE, which holds nothing');
});
