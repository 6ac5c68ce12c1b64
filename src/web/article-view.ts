import type { Article, BodyBlock } from '../domain/article.js';
import { listArticleEdits, type ArticleEdits } from '../edits/list-article-edits.js';
import { webUrl } from '../export/safe-markup.js';
import { html, type Content, type Markup } from './page-layout.js';

const LEAD_CHARACTERS_MAX = 240;

/** @returns the text without line ends, cut where it is too long for a list. */
export function textOf(text: string, max = 300): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > max ? `${line.slice(0, max)}…` : line;
}

/** Articles as a list of links, each in its language and direction. */
export function listOf(articles: readonly Article[]): Markup {
  const items = articles.map(
    ({ id, title, lead, language, publishedAt, edition, topics, goneAt, duplicateOf }) =>
      html`<li>
        <a href="/articles/${id}" lang="${language}" dir="auto">${textOf(title)}</a>
        <p class="meta">
          ${timeOf(publishedAt)} · ${edition} ·
          ${topics.join(', ')}${goneAt === null ? null : ' · withdrawn'}${duplicateOf === null ? null : ' · repeats another'}
        </p>
        ${lead === null ? null : html`<p lang="${language}" dir="auto">${textOf(lead, LEAD_CHARACTERS_MAX)}</p>`}
      </li>`,
  );
  return html`<ol class="list">
    ${items}
  </ol>`;
}

/** An instant for people, in UTC. */
export function timeOf(instant: string | null): Markup {
  return instant === null
    ? html`no date`
    : html`<time datetime="${instant}">${instant.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

/** One article: its text, where it was read, what it repeats, and every edit. */
export function articleMain(article: Article): Markup {
  const { title, lead, body, language, publishedAt, edition, tags, goneAt, duplicateOf, duplicates, url } = article;
  const edits = listArticleEdits(article);
  return html`<article>
    <h1 lang="${language}" dir="auto">${title}</h1>
    <p class="meta">
      ${timeOf(publishedAt)} · ${edition} · ${link(url, 'the agency’s page')} ·
      <a href="/api/articles/${article.id}">JSON</a>
    </p>
    ${goneAt === null ? null : html`<p><strong>Withdrawn by the agency</strong>, seen ${timeOf(goneAt)}.</p>`}
    ${duplicateOf === null ? null : html`<p>Repeats <a href="/articles/${duplicateOf.id}">${duplicateOf.id}</a> (${duplicateOf.kind}).</p>`}
    <div lang="${language}" dir="auto">
      ${lead === null ? null : html`<p><strong>${lead}</strong></p>`}${body.map(blockOf)}
    </div>
    ${tags.length === 0 ? null : html`<p class="meta">Tags: ${separated(tags.map((tag) => html`<bdi>${tag.url === null ? tag.name : link(tag.url, tag.name)}</bdi>`))}</p>`}
    ${
      duplicates.length === 0
        ? null
        : html`<h2>Repeated by</h2>
            <ul>
              ${duplicates.map((id) => html`<li><a href="/articles/${id}">${id}</a></li>`)}
            </ul>`
    }
    ${
      edits.length === 0
        ? null
        : html`<h2>Edits</h2>
            ${edits.map(stepOf)}`
    }
  </article>`;
}

function blockOf({ type, text }: BodyBlock): Markup {
  if (type === 'heading') return html`<h2>${text}</h2>`;
  if (type === 'quote') return html`<blockquote>${text}</blockquote>`;
  if (type === 'text') return html`<p>${text}</p>`;
  return html`<ul>
    ${text.split('\n').map((item) => html`<li>${item}</li>`)}
  </ul>`;
}

function stepOf({ edition, from, to, edits }: ArticleEdits): Markup {
  return html`<section>
    <h3>State ${from.revision} to ${to.revision}, ${edition}</h3>
    <p class="meta">Seen ${timeOf(from.seenAt)}, then ${timeOf(to.seenAt)}</p>
    ${edits.map(
      ({ type, weight, before, after }) =>
        html`<p class="meta">${type}, ${weight}</p>
          ${before === null ? null : html`<del dir="auto">${before}</del>`}${after === null ? null : html`<ins dir="auto">${after}</ins>`}`,
    )}
  </section>`;
}

/** A link where the URL is one of the web, else the words alone. */
function link(url: string, words: string): Markup {
  const href = webUrl(url);
  return href === null ? html`${words}` : html`<a href="${href}" rel="noreferrer noopener external">${words}</a>`;
}

function separated(parts: readonly Markup[]): Content {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [', ', part]));
}
