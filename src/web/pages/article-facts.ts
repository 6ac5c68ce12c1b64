import type { Article } from '../../domain/article.js';
import { webUrl } from '../../export/safe-markup.js';
import { countOf, listOf, tableOf, textOf, timeOf, wordsOf } from '../markup/elements.js';
import { hrefOf, html, type Content, type Markup } from '../markup/html.js';

/** A capture of one of the article's pages. */
export interface ShownCapture {
  readonly file: string;
  readonly offset: number;
  readonly edition: string;
  readonly fetchedAt: string;
  /** What the page turned out to be. */
  readonly kind: string;
  /** HTTP status; null: there was no answer. */
  readonly status: number | null;
  /** Whether it can be read; its file may have been moved away. */
  readonly isHere: boolean;
}

/** What is known about an article besides its record. */
export interface ArticleContext {
  /** Title of the article that it repeats. */
  readonly original: string | null;
  /** The first articles that repeat it. */
  readonly duplicates: readonly { readonly id: string; readonly title: string; readonly similarity: number }[];
  /** Ids of the related articles that are stored, by URL. */
  readonly stored: ReadonlyMap<string, string>;
  /** Newest first. */
  readonly captures: readonly ShownCapture[];
}

type Facts = ArticleContext & { readonly article: Article };

const SHOWN_MAX = 40;

/** The column beside the text: tags, pictures, related articles, repetitions, captures, sources of the fields, citation. */
export function articleFacts(facts: Facts): Markup {
  const { article } = facts;
  return html`<aside aria-label="About this article">
    ${section('Tags', tags(article))} ${section('Pictures', pictures(article))} ${section('Related', related(facts))}
    ${section('Repeated by', repetitions(facts))} ${section('Captures', captures(facts))}
    ${section('Where each field was read', provenance(article))} ${section('To cite', citation(article))}
  </aside>`;
}

function section(title: string, content: Content): Content {
  return content === null
    ? null
    : html`<h2>${title}</h2>
        ${content}`;
}

/** To download a capture: its HTML, if it holds a page, and its WARC record. */
export function captureLinks({ file, offset }: { file: string; offset: number }, hasPage: boolean): Content {
  const href = `/captures/${file.split('/').at(-1) ?? ''}/${offset}`;
  return html`<span class="targets"
    >${hasPage ? html`<a href="${href}.html" aria-label="HTML of the capture at ${offset}">HTML</a> · ` : null}<a
      href="${href}.warc.gz"
      aria-label="WARC record at ${offset}"
      >WARC</a
    ></span
  >`;
}

/** A link to another site if the URL is one of the web, otherwise the words alone. */
export function outsideLink(url: string, words: string): Markup {
  const href = webUrl(url);
  return href === null ? html`${words}` : html`<a href="${href}" rel="noreferrer noopener external">${words}</a>`;
}

function tags({ tags: all, language }: Article): Content {
  if (all.length === 0) return null;
  const shown = all
    .slice(0, SHOWN_MAX)
    .map(
      ({ name, url }) =>
        html`<li><bdi lang="${language}">${url === null ? textOf(name) : outsideLink(url, textOf(name))}</bdi></li>`,
    );
  return html`<ul class="inline">
    ${shown}
  </ul>`;
}

function pictures({ images, language }: Article): Content {
  if (images.length === 0) return null;
  const shown = images.slice(0, SHOWN_MAX).map(({ url, caption, credit }, index) => {
    const link = outsideLink(url, caption === null ? `Picture ${index + 1}` : textOf(caption));
    return html`<bdi lang="${language}">${link}</bdi
      >${credit === null ? null : html` <span class="soft">${textOf(credit)}</span>`}`;
  });
  return listOf(shown);
}

function related({ article, stored }: Facts): Content {
  if (article.related.length === 0) return null;
  const shown = article.related.slice(0, SHOWN_MAX).map(({ url, title }) => {
    const key = stored.get(url);
    const words = textOf(title ?? readableUrl(url));
    const link = key === undefined ? outsideLink(url, words) : html`<a href="/articles/${key}">${words}</a>`;
    return html`<bdi lang="${article.language}">${link}</bdi
      >${key === undefined ? html` <span class="soft">not stored</span>` : null}`;
  });
  return listOf(shown);
}

/** The URL with percent-encoded letters decoded. */
function readableUrl(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

function repetitions({ article, duplicates }: Facts): Content {
  if (article.duplicates.length === 0) return null;
  const left = article.duplicates.length - duplicates.length;
  const shown = duplicates.map(
    ({ id, title, similarity }) =>
      html`<bdi><a href="/articles/${id}">${textOf(title)}</a></bdi>
        <span class="soft">similarity ${similarity.toFixed(2)}</span>
        <a href="${hrefOf(`/articles/${article.id}`, { against: id })}" aria-label="Compare with ${id}">compare</a>`,
  );
  return [listOf(shown), left > 0 ? html`<p class="meta">${countOf(left, 'more repetition')} in the JSON.</p>` : null];
}

function captures({ captures: shown }: Facts): Content {
  if (shown.length === 0) return null;
  return tableOf({
    caption: 'Captures of this article',
    isStacked: true,
    heads: ['Fetched', 'Read as', 'Status', 'Download'],
    rows: shown.map(({ edition, fetchedAt, kind, status, isHere, ...capture }) => [
      timeOf(fetchedAt),
      html`${wordsOf(kind)} <span class="soft">${edition}</span>`,
      status ?? '—',
      isHere
        ? captureLinks(capture, status !== null && status !== 304)
        : html`<span class="soft">file is missing</span>`,
    ]),
  });
}

function provenance({ provenance: fields, extractor }: Article): Content {
  const rows = Object.entries(fields);
  if (rows.length === 0) return null;
  return html`<details>
    <summary>
      ${countOf(rows.length, 'field')}, by the extractor ${extractor.name}, version ${extractor.version}
    </summary>
    <dl>
      ${rows.slice(0, SHOWN_MAX).map(
        ([field, where]) =>
          html`<dt>${field}</dt>
            <dd class="code">${textOf(where)}</dd>`,
      )}
    </dl>
  </details>`;
}

function citation({ title, publishedAt, edition, url, capture, contentHash, language }: Article): Markup {
  const day = publishedAt?.slice(0, 10) ?? 'no date';
  return html`<p>
      Sputnik (${edition}), ${day}: <bdi lang="${language}">${textOf(title)}</bdi>.
      <span class="code">${url}</span>${capture === null ? null : html`, as captured ${timeOf(capture.fetchedAt)}`}.
    </p>
    <p class="meta">Title and text, as a fingerprint: <span class="code">${contentHash}</span></p>`;
}
