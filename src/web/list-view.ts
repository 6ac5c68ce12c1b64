import type { Article } from '../domain/article.js';
import { html, type Markup } from './html.js';

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
