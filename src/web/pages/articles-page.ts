import type { Article, ArticleFormat } from '../../domain/article.js';
import { EXPORT_FORMATS, type ExportFormat } from '../../export/export-formats.js';
import type { MarkedPart } from '../../search/mark-matches.js';
import type { DuplicateFilter } from '../../store/catalogue/article-queries.js';
import type { SearchHit } from '../../store/catalogue/search-corpus.js';
import { choice, countOf, either, separated, textOf, timeOf, unreadableBox } from '../markup/elements.js';
import { hrefOf, html, type Content, type Markup } from '../markup/html.js';

/** The selection, as the URL has it. */
export interface ArticleSelection {
  readonly q?: string | undefined;
  readonly topic?: string | undefined;
  readonly edition?: string | undefined;
  readonly lang?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly format?: ArticleFormat | undefined;
  readonly edited?: 'yes' | 'no' | undefined;
  readonly gone?: 'yes' | 'no' | undefined;
  readonly duplicates?: DuplicateFilter | undefined;
  readonly order?: 'relevance' | 'newest' | undefined;
}

/** One article of a list, with title and passage as they are shown; matches of a search are marked. */
interface ListedArticle {
  readonly article: Article;
  readonly title: Content;
  readonly passage: Content;
}

export interface ArticleList {
  readonly selection: ArticleSelection;
  readonly found: readonly ListedArticle[];
  /** Left out because their records cannot be read. */
  readonly unreadable: readonly string[];
  readonly total: number;
  /** Links to the pages before and after; null: there is none. */
  readonly newer: string | null;
  readonly older: string | null;
  /** Why the search was not possible; null: it was. */
  readonly problem: string | null;
  /** Where in the query the problem is, in UTF-16 units; null: it is not in the query. */
  readonly problemAt: number | null;
  /** The choices of the form. */
  readonly topics: readonly string[];
  readonly editions: readonly string[];
  readonly languages: readonly string[];
}

const LEAD_CHARACTERS_MAX = 260;

/** The list of articles with its search form. The URL holds the whole selection. */
export function articlesMain(list: ArticleList): Content {
  const { selection, found, total, newer, older, problem } = list;
  return [
    html`<h1>Articles</h1>`,
    searchForm(list),
    problem === null
      ? html`<p class="meta" role="status">${total === 0 ? nothingFound(selection) : countFound(list)}</p>`
      : problemBox(list),
    total === 0 ? null : takeAway(selection),
    unreadableBox(list.unreadable),
    listOf(found),
    newer === null && older === null
      ? null
      : html`<nav class="pages" aria-label="Pages of the list">
          ${newer === null ? null : html`<a rel="prev" href="${newer}">← Previous page</a>`}
          ${older === null ? null : html`<a rel="next" href="${older}">Next page →</a>`}
        </nav>`,
  ];
}

function countFound({ total, found }: ArticleList): string {
  return `${countOf(total, 'article')}${found.length === 0 ? ', none of them on this page' : ''}`;
}

function nothingFound(selection: ArticleSelection): Content {
  const isAll = Object.values(selection).every((value) => value === undefined);
  return isAll ? html`No article is stored yet. The <a href="/">overview</a> says what to do.` : 'Nothing found.';
}

/** Which articles are not counted. */
function leftOut({ duplicates = 'none' }: ArticleSelection): string {
  if (duplicates === 'none') return 'Articles that repeat another are left out. ';
  return duplicates === 'near' ? 'Articles that repeat another word for word are left out. ' : '';
}

/** Links to the selection as files and as feeds. */
function takeAway(selection: ArticleSelection): Markup {
  const link = (path: string, words: string, more: string): Markup =>
    html`<a href="${hrefOf(path, { ...selection })}">${words}<span class="unseen">${more}</span></a>`;
  const feeds = [
    ['rss', 'RSS'],
    ['atom', 'Atom'],
    ['json', 'JSON Feed'],
  ] as const;
  return html`<p class="meta">
    ${leftOut(selection)}Download:
    ${separated(EXPORT_FORMATS.map((format) => link(`/download/${format}`, FORMAT_NAMES[format], ' file')))}. Follow:
    ${separated(feeds.map(([form, name]) => link(`/feeds/${form}`, name, ' feed of such articles')))}.
  </p>`;
}

const FORMAT_NAMES: Readonly<Record<ExportFormat, string>> = {
  ndjson: 'JSON lines',
  json: 'JSON',
  csv: 'CSV (table)',
  parquet: 'Parquet',
  atom: 'Atom',
  rss: 'RSS',
  jsonfeed: 'JSON Feed',
  'schema-org': 'schema.org',
};

function listOf(found: readonly ListedArticle[]): Content {
  if (found.length === 0) return null;
  return html`<ol class="list">
    ${found.map(({ article, title, passage }) => itemOf(article, title, passage))}
  </ol>`;
}

function itemOf(article: Article, title: Content, passage: Content): Markup {
  const { id, language, publishedAt, edition, topics, format, goneAt, duplicateOf, revisions } = article;
  const chips = [
    goneAt === null ? null : html`<span class="chip bad">withdrawn</span>`,
    revisions.length === 0
      ? null
      : html`<span class="chip warn">${revisions.length === 1 ? 'edited' : `edited ${revisions.length} times`}</span>`,
    duplicateOf === null ? null : html`<span class="chip">repeats another</span>`,
    format === 'text' ? null : html`<span class="chip">${format}</span>`,
  ];
  return html`<li>
    <h2 lang="${language}" dir="auto"><a href="/articles/${id}">${title}</a></h2>
    <p class="meta">${separated([timeOf(publishedAt), edition, topics.join(', ')])} ${separated(chips, ' ')}</p>
    ${passage === null ? null : html`<p lang="${language}" dir="auto">${passage}</p>`}
  </li>`;
}

/** An article as a list without a search shows it. */
export function listedArticle(article: Article): ListedArticle {
  const passage = article.lead ?? article.body[0]?.text ?? null;
  return {
    article,
    title: textOf(article.title),
    passage: passage === null ? null : textOf(passage, LEAD_CHARACTERS_MAX),
  };
}

/** An article as a search shows it, with its matches marked. */
export function foundArticle({ article, title, passage }: SearchHit): ListedArticle {
  const marked = (parts: readonly MarkedPart[]): Content =>
    parts.map(({ text, isMatch }) => (isMatch ? html`<mark>${text}</mark>` : text));
  return { article, title: marked(title), passage: passage.length === 0 ? null : marked(passage) };
}

const FORMATS: readonly ArticleFormat[] = ['text', 'video', 'photo', 'infographic', 'live', 'longread', 'other'];
const DUPLICATE_WORDS: readonly (readonly [DuplicateFilter, string])[] = [
  ['none', 'left out'],
  ['near', 'near ones shown'],
  ['all', 'all shown'],
  ['onlyExact', 'exact ones only'],
  ['onlyNear', 'near ones only'],
];

function searchForm({ selection, topics, editions, languages }: ArticleList): Markup {
  const { q = '', topic, edition, lang, format, since = '', until = '', edited, gone, duplicates, order } = selection;
  return html`<form class="fields" action="/articles" role="search">
    <div class="wide">
      <label>Words, in any script <input type="search" name="q" value="${q}" dir="auto" maxlength="500" /></label>
      <button>Search</button>
    </div>
    <p class="meta wide">
      Such as <code>peace -football</code>, <code>"peace talks"</code>, <code>Baku OR Yerevan</code>,
      <code>tag:Armenia</code>; a word finds its other forms too.
    </p>
    <details class="wide" ${isNarrowed(selection) ? html` open` : null}>
      <summary>Narrow down: topic, edition, language, time, form, edits</summary>
      <div class="fields">
        ${choice('Topic', 'topic', either(topics), topic)} ${choice('Edition', 'edition', either(editions), edition)}
        ${choice('Language', 'lang', either(languages), lang)}
        <label>From <input type="date" name="since" value="${since}" /></label>
        <label>To <input type="date" name="until" value="${until}" /></label>
        ${choice('Form', 'format', either(FORMATS), format)} ${choice('Edited', 'edited', either(YES_NO), edited)}
        ${choice('Withdrawn', 'gone', either(YES_NO), gone)}
        ${choice('Repetitions', 'duplicates', DUPLICATE_WORDS, duplicates ?? 'none')}
        ${choice('Order', 'order', ORDERS, order ?? (q === '' ? 'newest' : 'relevance'))}
        <button>Show</button>
      </div>
    </details>
  </form>`;
}

function isNarrowed({ q: _words, order: _order, duplicates = 'none', ...filters }: ArticleSelection): boolean {
  return duplicates !== 'none' || Object.values(filters).some((value) => value !== undefined);
}

const YES_NO = ['yes', 'no'];
const ORDERS = [
  ['relevance', 'by relevance'],
  ['newest', 'newest first'],
] as const;

/** Why the search was not possible. The query is marked from the position of the problem on. */
function problemBox({ problem, problemAt, selection: { q = '' } }: ArticleList): Markup {
  const query = html`<p>
    <code>${q.slice(0, problemAt ?? 0)}<mark>${q.slice(problemAt ?? 0)}</mark></code>
  </p>`;
  return html`<div class="say warn" role="alert">
    <div>
      <p>${problem}.</p>
      ${problemAt === null ? null : query}
    </div>
  </div>`;
}

/** @returns the URL of a list; parameters without a value are left out. */
export function listHref(
  selection: ArticleSelection,
  more: Readonly<Record<string, string | number | null>> = {},
): string {
  return hrefOf('/articles', { ...selection, ...more });
}
