import type { Article } from '../domain/article.js';
import type { ArticleKey } from '../domain/page.js';
import { readRecordAt } from '../captures/read-capture.js';
import { isAnswer } from '../captures/decode-record.js';
import { editsBetween, listArticleEdits, statesOf, type ArticleEdits } from '../edits/list-article-edits.js';
import { listEdits } from '../edits/list-edits.js';
import { systemCodeOf } from '../platform/disk-error.js';
import { parseArticlePath } from '../sputnik/urls/url-grammar.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import type { CaptureLocation } from '../store/catalogue/captures-table.js';
import type { ShownCapture } from './pages/article-facts.js';
import type { ArticleView } from './pages/article-page.js';
import { articleParts, readArticle, readArticles } from './read-articles.js';
import type { CatalogueHandle, WebSources } from './web-sources.js';

/** What is asked of an article's page beside the article. */
interface ArticleQuestion {
  /** Numbers of the states that are compared; default: the newest step. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The edition whose step it is; default: the record's own. */
  readonly of?: string | undefined;
  /** Another article to compare with. */
  readonly against?: string | undefined;
}

const DUPLICATES_SHOWN = 20;
const RELATED_SHOWN = 40;
const CAPTURES_SHOWN = 20;

/** Reads everything that an article's page shows. @throws {WebRefusal} `web.notFound` where the other article is not stored. */
export function readArticleView(
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
    original: article.duplicateOf === null ? null : titleOf(queries, article.duplicateOf.id),
    duplicates: readArticles(queries, article.duplicates.slice(0, DUPLICATES_SHOWN)).map(
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

function titleOf(queries: CatalogueQueries, key: ArticleKey): string | null {
  return readArticles(queries, [key])[0]?.title ?? null;
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
