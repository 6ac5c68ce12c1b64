import { z } from 'zod';
import { hrefOf } from './markup/html.js';
import { sendPage } from './markup/page-layout.js';
import { type EditSelection, editsMain, type ShownChange } from './pages/edits-page.js';
import { EDIT_TYPES } from './pages/wording-change.js';
import { filtersOf, formQuery, PARAMETERS, type WebApp } from './parameters.js';
import { requireKnown, type WebSources } from './web-sources.js';
import { type ArticleEdits, listArticleEdits } from '../edits/list-article-edits.js';
import type { Edit } from '../edits/list-edits.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import type { ArticleKey } from '../domain/page.js';
import type { ArticleChange, ChangeFilters } from '../store/catalogue/change-queries.js';
import type { Article } from '../domain/article.js';
import { toInstant, toSeconds } from '../store/catalogue/database.js';
import { withoutEarlierTexts } from '../store/files/without-earlier-texts.js';
import { editNotice } from '../notify/notices/find-notices.js';
import type { Notice } from '../notify/notices/notice.js';
import { drawEditPicture } from '../notify/picture/draw-edit-picture.js';
import { articleParts, readArticle } from './read-articles.js';
import { WebRefusal } from './web-refusal.js';

const { topic, edition, since, until } = PARAMETERS;

/** The parameters that select edits, for the page and its feeds. */
export const EDIT_PARAMETERS = {
  ...{ topic, edition, since, until },
  kind: z
    .enum([...EDIT_TYPES, 'edited', 'withdrawn'])
    .describe('`edited`: edits of any kind')
    .optional(),
  trivial: z.enum(['yes', 'no']).describe('`yes`: trivial edits too').optional(),
};
/** `1764000000.edited.sputniknews.cn/1000000001` */
export const CHANGE_CURSOR = /^\d{1,11}\.(?:edited|withdrawn)\.[a-z0-9.-]{1,253}\/\d{4,19}$/;
const querystring = formQuery({ ...EDIT_PARAMETERS, after: z.string().regex(CHANGE_CURSOR).optional() });
const PER_PAGE = 10;

/** `/edits`: what the agency has edited and withdrawn. */
export function addEditRoutes(app: WebApp, sources: WebSources): void {
  app.get('/edits', { schema: { querystring } }, async ({ query: { after, ...selection } }, reply) => {
    requireKnown(sources, selection);
    const queries = sources.catalogue.requireQueries();
    const { next, ...read } = await readShownChanges(queries, selection, after, PER_PAGE);
    const older = next === null ? null : hrefOf('/edits', { ...selection, after: next });
    const { topics, editions } = sources;
    const main = editsMain({ selection, ...read, older, topics, editions });
    return sendPage(reply, { title: 'Edits', main, section: '/edits' });
  });
}

interface ChangesRead {
  readonly changes: readonly ShownChange[];
  /** Cursor of the next ones; null: there are no more. */
  readonly next: string | null;
  /** Whether the search was given up before the page was full; `next` goes on from there. */
  readonly isCut: boolean;
  /** Articles whose changes are left out because their records cannot be read. */
  readonly unreadable: readonly ArticleKey[];
}

/** Changed articles that are read for one answer. Their edits are compared at each request. */
const LOOKED_AT_MAX = 200;
const AT_ONCE = 40;

/** @returns the newest changes in the selection, at most `limit`, from a cursor on. */
export async function readShownChanges(
  queries: CatalogueQueries,
  selection: EditSelection,
  cursor: string | undefined,
  limit: number,
): Promise<ChangesRead> {
  const filters = changeFilters(selection);
  const shown: ShownChange[] = [];
  const unreadable = new Set<ArticleKey>();
  const read = (next: string | null, isCut = false): ChangesRead => ({
    ...{ changes: shown, next, isCut, unreadable: [...unreadable] },
  });
  let position = cursor === undefined ? null : changePosition(cursor);
  for (let looked = 0; looked < LOOKED_AT_MAX; looked += AT_ONCE) {
    const found = queries.changes.edits(filters, position, AT_ONCE);
    for (const change of found) {
      if (shown.length === limit) return read(position && cursorText(position));
      const one = shownChange(queries, change, selection, (key) => unreadable.add(key));
      if (one !== null) shown.push(one);
      position = change;
    }
    if (found.length < AT_ONCE) return read(null);
    // Lets other requests have their turn.
    await new Promise(setImmediate);
  }
  return read(position && cursorText(position), true);
}

function changeFilters({ topic, edition, since, until, kind }: EditSelection): ChangeFilters {
  const what = kind === undefined || kind === 'withdrawn' ? kind : 'edited';
  return { ...filtersOf({ topic, edition, since, until }), ...(what === undefined ? {} : { what }) };
}

function shownChange(
  queries: CatalogueQueries,
  change: ArticleChange,
  selection: EditSelection,
  onDamaged: (key: ArticleKey) => void,
): ShownChange | null {
  const record = queries.articleOrTell(change.key, onDamaged);
  if (record === null) return null;
  const article = withoutEarlierTexts(record);
  if (change.what === 'withdrawn') return { article, at: change.at, step: null };
  const step = stepAt(record, change.at, selection);
  return step === null ? null : { article, at: change.at, step };
}

/** @returns the edits in the selection that were seen at that moment, in the record's own text or else in a rendition; null: there are none. */
function stepAt(article: Article, at: string, { kind, trivial }: EditSelection): ArticleEdits | null {
  const isAskedFor = ({ type, weight }: Edit): boolean =>
    (weight === 'substantive' || trivial === 'yes') && (kind === undefined || kind === 'edited' || type === kind);
  for (const step of listArticleEdits(article, (seenAt) => seenAt === at)) {
    const edits = step.edits.filter(isAskedFor);
    if (edits.length > 0) return { ...step, edits };
  }
  return null;
}

function changePosition(cursor: string): ArticleChange {
  const [at = '0', what, ...key] = cursor.split('.');
  return { at: toInstant(Number(at)), what: what === 'withdrawn' ? what : 'edited', key: key.join('.') as ArticleKey };
}

function cursorText({ at, what, key }: ArticleChange): string {
  return `${toSeconds(at)}.${what}.${key}`;
}

const params = articleParts.extend({
  edition: z.string().regex(/^[a-z0-9.-]{1,253}$/),
  /** When the state after the edit was first seen, as in `20260412T113000Z.svg`. */
  file: z.string().regex(/^\d{8}T\d{6}Z\.(?:svg|png)$/),
});

/** `/edits/{family}/{articleId}/{edition}/{instant}.svg` and `….png`: the picture of an edit with both wordings, for sharing. */
export function addPictureRoutes(app: WebApp, sources: WebSources): void {
  app.get(
    '/edits/:family/:articleId/:edition/:file',
    { schema: { params }, config: { revalidates: true } },
    async ({ params: { edition, file, ...parts } }, reply) => {
      const [instant, form] = file.split('.');
      const article = readArticle(sources.catalogue.requireQueries(), parts);
      const steps = listArticleEdits(article, (seenAt) => seenAt?.replace(/[-:]/g, '') === instant);
      const step = steps.find((one) => one.edition === edition);
      const notice = step === undefined ? null : editNotice(article, step, null);
      if (notice === null) throw new WebRefusal(404, 'web.notFound', 'no substantive edit was seen then');
      if (form === 'png') return reply.type('image/png').send(await rendered(sources, notice));
      return reply.type('image/svg+xml; charset=utf-8').send(drawEditPicture(notice).svg);
    },
  );
}

async function rendered({ renderPicture }: WebSources, notice: Notice): Promise<Buffer> {
  const png = (await renderPicture?.(notice)) ?? null;
  if (png !== null) return png;
  throw new WebRefusal(404, 'web.notFound', 'this machine has no browser to render it; the same URL with .svg works');
}
