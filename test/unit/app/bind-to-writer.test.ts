import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bindToWriter } from '../../../src/app/crawl-host/bind-to-writer.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { silentLogger } from '../../../src/platform/logger.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sputnik-binding-'));
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

it.each(['{broken', '{}', '', '[]'])(
  'a crawl host whose note of its writer is damaged (%s) names the file',
  async (text) => {
    writeFileSync(join(dataDir, 'crawl-host.json'), text);
    const config = loadConfig({ configFile: undefined, flags: { dataDir } });
    const nowhere = { kind: 'url', url: 'redis://127.0.0.1:1' } as const;
    await expect(bindToWriter(nowhere, config, new AbortController().signal, silentLogger)).rejects.toMatchObject({
      code: 'disk.unusable',
      message: expect.stringContaining(join(dataDir, 'crawl-host.json')) as string,
    });
  },
);
