import { describe, expect, it } from 'vitest';
import { articleResult } from '../store/fixtures.js';
import { ask } from './ask.js';
import { emptySite, FAMILY } from './page-site.js';

const TEXTS = ['代表团今天抵达埃里温并举行会谈', '代表团昨天抵达巴库并举行会谈'];

describe('the picture of an edit', () => {
  it('has a stable address, as SVG and, where a browser is here, as PNG', async () => {
    const rendered: string[] = [];
    const renderPicture = (notice: { title: string }): Promise<Buffer> => {
      rendered.push(notice.title);
      return Promise.resolve(Buffer.from('PNG'));
    };
    const { store, origin } = await emptySite({ renderPicture });
    for (const [at, text] of TEXTS.entries())
      await store.storePage(articleResult({ at, articleId: '1000000100', title: 'Title <b>', text }));
    const edited = store.queries.article(`${FAMILY}/1000000100`)?.capture?.fetchedAt ?? '';
    const path = `/edits/${FAMILY}/1000000100/${FAMILY}/${edited.replace(/[-:]/g, '')}`;
    const site = await origin();
    const svg = await ask(`${site}${path}.svg`);
    expect([svg.status, svg.headers['content-type']]).toEqual([200, 'image/svg+xml; charset=utf-8']);
    expect(svg.headers['content-security-policy']).toContain("default-src 'none'");
    expect(svg.body).toContain('Title &lt;b&gt;');
    expect((await ask(`${site}${path}.svg`, { 'if-none-match': String(svg.headers.etag) })).status).toBe(304);
    const png = await ask(`${site}${path}.png`);
    expect([png.status, png.headers['content-type'], png.body]).toEqual([200, 'image/png', 'PNG']);
    expect(rendered).toEqual(['Title <b>']);
    for (const wrong of [
      `${path}.gif`,
      path,
      `${path.replace(/\d\dZ$/, '59Z')}.svg`,
      path.replace('1000000100', '1000000999'),
    ])
      expect([400, 404], wrong).toContain((await ask(`${site}${wrong}`)).status);
  });

  it('says that no browser is here', async () => {
    const { store, origin } = await emptySite();
    for (const [at, text] of TEXTS.entries())
      await store.storePage(articleResult({ at, articleId: '1000000100', title: 'Title', text }));
    const edited = store.queries.article(`${FAMILY}/1000000100`)?.capture?.fetchedAt ?? '';
    const answer = await ask(
      `${await origin()}/edits/${FAMILY}/1000000100/${FAMILY}/${edited.replace(/[-:]/g, '')}.png`,
    );
    expect(answer.status).toBe(404);
    expect(answer.body).toContain('.svg');
  });
});
