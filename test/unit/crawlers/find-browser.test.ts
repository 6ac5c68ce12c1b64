import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBrowser } from '../../../src/crawlers/browser/find-browser.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'browsers-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function program(name: string, mode = 0o755): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  chmodSync(path, mode);
  return path;
}

describe('finding a browser', () => {
  it('takes the leanest of those there are', async () => {
    program('google-chrome');
    const lean = program('chromium-headless-shell');
    expect(await findBrowser(null, ['/nonexistent', '', folder].join(delimiter))).toBe(lean);
  });

  it('takes the configured one, and no other in its place', async () => {
    program('chromium');
    const own = program('own-browser');
    expect(await findBrowser(own, folder)).toBe(own);
    expect(await findBrowser(join(folder, 'missing'), folder)).toBeNull();
    expect(await findBrowser(program('text', 0o644), folder)).toBeNull();
  });
});
