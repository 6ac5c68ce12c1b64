import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../src/captures/scan-captures.js';

const FILE = 'captures/2024-05-01/one.warc.gz';

describe('an answer whose capture is out of reach', () => {
  it.each([
    ['moved away', () => undefined],
    ['a folder stands there', mkdirSync],
  ] as const)('has no status, and costs nothing else: %s', async (_, harm: (path: string) => unknown) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sputnik-answer-'));
    try {
      mkdirSync(join(dataDir, FILE, '..'), { recursive: true });
      harm(join(dataDir, FILE));
      expect(await readAnswer(dataDir, { kind: 'article', file: FILE, offset: 0 })).toEqual({
        status: null,
        tries: [],
      });
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });
});
