import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { apiRoutes } from '../../../src/web/api-routes.js';
import { CatalogueHandle, type WebSources } from '../../../src/web/web-sources.js';
import { articleResult } from '../store/fixtures.js';
import { ask, served } from './ask.js';
import { emptySite, FAMILY } from './page-site.js';

const IDS = ['1000001', '1000002', '1000003'] as const;
const [WHOLE, DAMAGED, GONE] = IDS;
const KEYS = [DAMAGED, GONE].map((id) => `${FAMILY}/${id}`).sort();

describe('records that cannot be read', () => {
  let origin: string;
  let api: string;
  const names = (text: string, count = 2): void => {
    expect(text.replace(/<\/?code>|`/g, '')).toContain(`${count} records cannot be read: `);
    for (const key of KEYS) expect(text).toContain(key);
    expect(text).toContain('sputnik verify');
  };

  beforeEach(async () => {
    const { store, dataDir, origin: open } = await emptySite();
    const texts = ['Twelve trains run between the cities.', 'Fourteen trains run between the cities.'];
    for (const [state, text] of texts.entries())
      for (const [n, articleId] of IDS.entries())
        await store.storePage(articleResult({ at: 10 * state + n, articleId, title: `News ${articleId}`, text }));
    const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' });
    const fileOf = (id: string): string => join(dataDir, files.find((path) => path.endsWith(`${id}.json`)) ?? '');
    writeFileSync(fileOf(DAMAGED), 'no record');
    rmSync(fileOf(GONE));
    origin = await open();
    const sources = { catalogue: new CatalogueHandle(dataDir), topics: ['armenia'], editions: [FAMILY] };
    api = await served([apiRoutes(sources as unknown as WebSources)]);
  });

  it.each([
    '/articles?duplicates=all',
    '/articles?q=trains&duplicates=all',
    '/edits',
    '/feeds/rss?duplicates=all',
    '/feeds/edits/rss',
  ])('are named by the list that leaves them out: %s', async (path) => {
    const { status, body } = await ask(origin + path);
    expect(status).toBe(200);
    names(body);
    expect(body).toContain(`News ${WHOLE}`);
    expect(body).not.toContain(`News ${DAMAGED}`);
  });

  it.each(['/api/articles', '/api/search?q=trains', '/api/changes', '/api/edits'])('are named by %s', async (path) => {
    const { unreadable } = JSON.parse((await ask(api + path)).body) as { unreadable: string[] };
    expect(unreadable.sort()).toEqual(KEYS);
  });

  it('are not called unknown by their own pages', async () => {
    for (const key of KEYS) {
      const { status, body } = await ask(`${origin}/articles/${key}`);
      expect(status).toBe(503);
      expect(body).toMatch(new RegExp(`the record of ${key} cannot be read`, 'i'));
    }
    expect((await ask(`${origin}/articles/${FAMILY}/9999999`)).status).toBe(404);
  });
});
