import type { FastifyPluginCallback } from 'fastify';
import { z } from 'zod';
import { listArticleEdits } from '../edits/list-article-edits.js';
import { editNotice } from '../notify/notices/article-notices.js';
import type { Notice } from '../notify/notices/notice.js';
import { drawEditPicture } from '../notify/picture/draw-edit-picture.js';
import type { ZodTypes } from './parameters.js';
import { articleParts, readArticle } from './read-articles.js';
import { WebRefusal } from './web-refusal.js';
import type { WebSources } from './web-sources.js';

const params = articleParts.extend({
  edition: z.string().regex(/^[a-z0-9.-]{1,253}$/),
  /** When the second state was first seen, as in `20260412T113000Z.svg`. */
  file: z.string().regex(/^\d{8}T\d{6}Z\.(?:svg|png)$/),
});

/** `/edits/{family}/{articleId}/{edition}/{instant}.svg` and `….png`: the picture of an edit with both wordings, for sharing. */
export function pictureRoutes(sources: WebSources): FastifyPluginCallback {
  return (app, _options, done) => {
    app
      .withTypeProvider<ZodTypes>()
      .get(
        '/edits/:family/:articleId/:edition/:file',
        { schema: { params }, config: { revalidates: true } },
        async ({ params: { edition, file, ...parts } }, reply) => {
          const [instant, form] = file.split('.');
          const article = readArticle(sources.catalogue.requireQueries(), parts);
          const steps = listArticleEdits(article, (seenAt) => seenAt?.replace(/[-:]/g, '') === instant);
          const step = steps.find((one) => one.edition === edition);
          const notice = step === undefined ? null : editNotice(article, step, null);
          if (notice === null) throw new WebRefusal(404, 'web.notFound', 'no edit of substance was seen then');
          if (form === 'png') return reply.type('image/png').send(await rendered(sources, notice));
          return reply.type('image/svg+xml; charset=utf-8').send(drawEditPicture(notice).svg);
        },
      );
    done();
  };
}

async function rendered({ renderPicture }: WebSources, notice: Notice): Promise<Buffer> {
  const png = (await renderPicture?.(notice)) ?? null;
  if (png !== null) return png;
  throw new WebRefusal(
    404,
    'web.notFound',
    'no browser is here that could render it: the same address with .svg has it',
  );
}
