import type { Article } from '../../domain/article.js';
import type { ArticleEdits, ArticleState } from '../../edits/list-article-edits.js';
import { separated, textOf, timeOf } from '../markup/elements.js';
import { hrefOf, html, type Content, type Markup } from '../markup/html.js';
import { articleFacts, outsideLink, type ArticleContext } from './article-facts.js';
import { articleText } from './article-text.js';
import { stateLine } from './state-line.js';
import { changesOf } from './wording-change.js';

/** One article with what belongs to it. */
export interface ArticleView extends ArticleContext {
  readonly article: Article;
  /** States of the record's own text, oldest first. */
  readonly states: readonly ArticleState[];
  /** Every step between two states, of renditions too. */
  readonly steps: readonly ArticleEdits[];
  /** The two states that are compared; null: nothing was edited. */
  readonly compared: ArticleEdits | null;
  /** Another article that this one is compared with. */
  readonly against: { readonly id: string; readonly title: string; readonly edits: ArticleEdits['edits'] } | null;
  /** What is configured: of others no list is to be had. */
  readonly configured: { readonly topics: readonly string[]; readonly editions: readonly string[] };
}

/** One article: its text, what was edited, what repeats it, and where all of it was read. */
export function articleMain(view: ArticleView): Content {
  const { article, against, compared, states, steps } = view;
  const { title, language, renditions } = article;
  return html`<article>
    <h1 lang="${language}" dir="auto">${title}</h1>
    ${metaLines(view)} ${notices(view)}
    <div${renditions.length === 0 ? html` class="split"` : null}>
      <div>${articleText(article)}</div>
      ${articleFacts(view)}
    </div>
    ${
      against === null
        ? null
        : html`<h2 id="against">
              Compared with <bdi><a href="/articles/${against.id}">${textOf(against.title)}</a></bdi>
            </h2>
            ${changesOf(against.edits, language)}`
    }
    ${compared === null ? null : stateLine({ article, states, steps, compared })}
  </article>`;
}

function metaLines({ article, configured, steps }: ArticleView): Markup {
  const { id, publishedAt, modifiedAt, edition, language, format, section, authors, topics, url } = article;
  const names = new Intl.DisplayNames(['en'], { type: 'language' });
  const listed = (hasList: boolean, query: { edition: string } | { topic: string }, look: Content): Content => {
    const words = Object.values(query).join('');
    return hasList
      ? html`<a${look} href="${hrefOf('/articles', query)}">${words}</a>`
      : html`<span${look}>${words}</span>`;
  };
  return html`<p class="meta">
      ${separated([
        publishedAt === null ? 'no date' : ['published ', timeOf(publishedAt)],
        modifiedAt === null ? null : ['modified ', timeOf(modifiedAt)],
        listed(configured.editions.includes(edition), { edition }, null),
        names.of(language) ?? language,
        format === 'text' ? null : format,
        section === null ? null : html`<bdi>${section}</bdi>`,
        authors.length === 0 ? null : html`<bdi>${authors.join(', ')}</bdi>`,
      ])}
    </p>
    <p class="meta">
      ${separated([
        topics.map((topic) => [listed(configured.topics.includes(topic), { topic }, html` class="chip"`), ' ']),
        outsideLink(url, 'the agency’s page'),
        html`<a href="/api/articles/${id}">JSON</a>`,
        steps.length === 0 ? null : html`<a href="#edits">what was edited</a>`,
      ])}
    </p>`;
}

function notices({ article, original }: ArticleView): Content {
  const { id, goneAt, duplicateOf } = article;
  return [
    goneAt === null
      ? null
      : html`<div class="say bad">
          <p><strong>Withdrawn by the agency</strong>, seen ${timeOf(goneAt)}. The text stays as it was read.</p>
        </div>`,
    duplicateOf === null
      ? null
      : html`<div class="say warn">
          <p>
            Repeats <bdi><a href="/articles/${duplicateOf.id}">${original ?? duplicateOf.id}</a></bdi>
            (${duplicateOf.kind === 'exact' ? 'word for word' : `nearly: similarity ${duplicateOf.similarity.toFixed(2)}`}).
            <a href="${hrefOf(`/articles/${id}`, { against: duplicateOf.id })}">Compare both</a>
          </p>
        </div>`,
  ];
}
