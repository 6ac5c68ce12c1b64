import { z } from 'zod';
import { countOf, textOf } from './markup/elements.js';
import { sendPage } from './markup/page-layout.js';
import { articleMain, type ArticleView } from './pages/article-page.js';
import { type ArticleList, articlesMain } from './pages/articles-page.js';
import { formQuery, PARAMETERS, SEARCH_PARAMETERS, type WebApp } from './parameters.js';
import { LIST_PARAMETERS, readArticleList } from './read-article-list.js';
import { articleParts, readArticle, readArticles } from './read-articles.js';
import { type CatalogueHandle, requireKnown, type WebSources } from './web-sources.js';
import type { Article } from '../domain/article.js';
import { readRecordAt } from '../captures/read-capture.js';
import { isAnswer } from '../captures/decode-record.js';
import { type ArticleEdits, editsBetween, listArticleEdits, statesOf } from '../edits/list-article-edits.js';
import { listEdits } from '../edits/list-edits.js';
import { systemCodeOf } from '../platform/disk-error.js';
import { parseArticlePath } from '../sputnik/urls/url-grammar.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import type { CaptureLocation } from '../store/catalogue/captures-table.js';
import type { ShownCapture } from './pages/article-facts.js';

const { cursor, edition } = PARAMETERS;
const listQuery = formQuery({ ...LIST_PARAMETERS, page: SEARCH_PARAMETERS.page, after: cursor, before: cursor });
const state = z.coerce.number().int().min(1).max(100_000).optional();
/** Two states to compare, by number; the edition in which to compare them; another article to compare with. */
const articleQuery = formQuery({ from: state, to: state, of: edition, against: z.string().max(280).optional() });
type ArticleQuestion = z.output<typeof articleQuery>;

/** `/articles`, `/search` (the same) and `/articles/{family}/{articleId}`. */
export function addArticleRoutes(app: WebApp, sources: WebSources): void {
  for (const path of ['/articles', '/search']) {
    app.get(path, { schema: { querystring: listQuery } }, ({ query }, reply) => {
      requireKnown(sources, query);
      const list = readArticleList(sources, query);
      const title = titleOf(query.q ?? query.topic, list);
      const status = list.problem === null ? 200 : 400;
      return sendPage(reply, { title, main: articlesMain(list), section: '/articles', status });
    });
  }
  app.get(
    '/articles/:family/:articleId',
    { schema: { params: articleParts, querystring: articleQuery } },
    ({ params, query }, reply) => {
      const queries = sources.catalogue.requireQueries();
      const article = readArticle(queries, params);
      const main = articleMain(readArticleView(sources, queries, article, query));
      return sendPage(reply, { title: textOf(article.title), main, section: '/articles' });
    },
  );
}

/** A screen reader reads the title first, and the history of a browser shows it: the query, and how many articles it found. */
function titleOf(asked: string | undefined, { problem, total }: ArticleList): string {
  if (asked === undefined) return 'Articles';
  return problem === null ? `${asked}: ${countOf(total, 'article')}` : `Not understood: ${asked}`;
}

const DUPLICATES_SHOWN = 20;
const RELATED_SHOWN = 40;
const CAPTURES_SHOWN = 20;

/** Reads everything that an article's page shows. @throws {WebRefusal} `web.notFound` if the other article is not stored. */
function readArticleView(
  { catalogue, topics, editions }: Pick<WebSources, 'catalogue' | 'topics' | 'editions'>,
  queries: CatalogueQueries,
  article: Article,
  question: ArticleQuestion,
): ArticleView {
  const steps = listArticleEdits(article);
  return {
    article,
    configured: { topics, editions },
    states: statesOf(article),
    steps,
    compared: comparedStates(article, steps, question),
    against: question.against === undefined ? null : comparedArticle(queries, article, question.against),
    original:
      article.duplicateOf === null
        ? null
        : (readArticles(queries, [article.duplicateOf.id]).articles[0]?.title ?? null),
    duplicates: readArticles(queries, article.duplicates.slice(0, DUPLICATES_SHOWN)).articles.map(
      ({ id, title, duplicateOf }) => ({ id, title, similarity: duplicateOf?.similarity ?? 1 }),
    ),
    stored: storedRelated(queries, article),
    captures: capturesOf(catalogue, queries, article),
  };
}

function comparedStates(
  article: Article,
  steps: readonly ArticleEdits[],
  { from, to, of }: ArticleQuestion,
): ArticleEdits | null {
  const newest = steps.at(-1) ?? null;
  if (from === undefined || to === undefined) return newest;
  const isOwn = of === undefined || of === article.edition;
  const step = steps.find(
    (one) => one.from.revision === from && one.to.revision === to && one.edition === (of ?? article.edition),
  );
  if (step !== undefined || !isOwn) return step ?? newest;
  const states = statesOf(article);
  const [one, other] = [from, to].map((revision) => states.find((state) => state.revision === revision));
  return one === undefined || other === undefined ? newest : editsBetween(article.id, article.edition, one, other);
}

function comparedArticle(queries: CatalogueQueries, article: Article, against: string): ArticleView['against'] {
  const [family = '', articleId = ''] = against.split('/');
  const other = readArticle(queries, articleParts.parse({ family, articleId }));
  return { id: other.id, title: other.title, edits: listEdits({ ...other, tags: [] }, { ...article, tags: [] }) };
}

function storedRelated(queries: CatalogueQueries, { related }: Article): Map<string, string> {
  const stored = new Map<string, string>();
  for (const { url } of related.slice(0, RELATED_SHOWN)) {
    const { hostname, pathname } = new URL(url);
    const articleId = parseArticlePath(pathname)?.articleId;
    const key = articleId === undefined ? null : queries.views.articleOn(hostname, articleId);
    if (key !== null) stored.set(url, key);
  }
  return stored;
}

function capturesOf(catalogue: CatalogueHandle, queries: CatalogueQueries, { id }: Article): ShownCapture[] {
  const { pages, captures } = queries.journal(id);
  const editions = new Map(pages.map(({ id: row, edition }) => [row, edition]));
  return [...captures]
    .sort((a, b) => (a.fetchedAt < b.fetchedAt ? 1 : -1))
    .slice(0, CAPTURES_SHOWN)
    .map(({ page, location, fetchedAt, kind }) => {
      const { file, offset } = location;
      const edition = editions.get(page) ?? '';
      return { ...{ file, offset, edition, fetchedAt, kind }, ...answerOf(catalogue, location) };
    });
}

function answerOf({ dataDir }: CatalogueHandle, location: CaptureLocation): Pick<ShownCapture, 'status' | 'isHere'> {
  try {
    const record = readRecordAt(dataDir, location);
    return { status: record !== null && isAnswer(record) ? record.reference.status : null, isHere: record !== null };
  } catch (error) {
    if (systemCodeOf(error) === null) throw error;
    return { status: null, isHere: false };
  }
}
