import type { Article } from '../../domain/article.js';
import type { ArticleEdits, ArticleState } from '../../edits/list-article-edits.js';
import { choice, countOf, separated, textOf, timeOf } from '../markup/elements.js';
import { type Content, hrefOf, html, type Markup } from '../markup/html.js';
import { type ArticleContext, articleFacts, outsideLink } from './article-facts.js';
import { articleText } from './article-text.js';
import { changesOf, editName } from './wording-change.js';

/** Everything that an article's page shows. */
export interface ArticleView extends ArticleContext {
  readonly article: Article;
  /** States of the record's own text, oldest first. */
  readonly states: readonly ArticleState[];
  /** Every edit from one state to the next, also in renditions. */
  readonly steps: readonly ArticleEdits[];
  /** The two states that are compared; null: nothing was edited. */
  readonly compared: ArticleEdits | null;
  /** Another article that this one is compared with. */
  readonly against: { readonly id: string; readonly title: string; readonly edits: ArticleEdits['edits'] } | null;
  /** The configured topics and editions; others have no list to link to. */
  readonly configured: { readonly topics: readonly string[]; readonly editions: readonly string[] };
}

/** One article: its text, its edits, what repeats it, and the sources of all this. */
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
          <p><strong>Withdrawn by the agency</strong>, seen ${timeOf(goneAt)}. This is the text as it was last read.</p>
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

interface StateLine {
  readonly article: Article;
  readonly states: readonly ArticleState[];
  readonly steps: readonly ArticleEdits[];
  readonly compared: ArticleEdits;
}

/** Edits that are listed, the newest ones. */
const STEPS_MAX = 50;
const KINDS_TOLD = 6;

/** The states of an article in order of time, and the differences between two of them. */
function stateLine({ article, states, steps, compared }: StateLine): Markup {
  const { id, language } = article;
  const { from, to, edits, edition } = compared;
  const shown = steps.slice(-STEPS_MAX);
  return html`<section aria-labelledby="edits">
    <h2 id="edits">Edits</h2>
    <ol class="list">
      ${shown.length === steps.length ? firstState(states[0]) : null}${shown.map((step) => stepView(article, step))}
    </ol>
    ${shown.length < steps.length ? html`<p class="meta">${countOf(steps.length - shown.length, 'earlier step')} in the JSON.</p>` : null}
    ${states.length < 3 ? null : chooser(id, states, compared)}
    <h3 id="changes">
      State ${from.revision} to ${to.revision}, ${edition}: seen ${timeOf(from.seenAt)}, then ${timeOf(to.seenAt)}
    </h3>
    ${changesOf(edits, language)}
  </section>`;
}

function firstState(state: ArticleState | undefined): Markup | null {
  if (state === undefined) return null;
  return html`<li>
    State ${state.revision}${state.seenAt === null ? null : html`, seen ${timeOf(state.seenAt)}`}
    <p class="meta">as it was first read</p>
  </li>`;
}

function stepView({ id, edition: own }: Article, { edition, from, to, edits }: ArticleEdits): Markup {
  const heavy = edits.filter(({ weight }) => weight === 'substantive').length;
  const kinds = [...new Set(edits.map(({ type }) => editName(type).toLowerCase()))];
  const told = kinds.slice(0, KINDS_TOLD).join(', ') + (kinds.length > KINDS_TOLD ? ', …' : '');
  const href = hrefOf(`/articles/${id}`, {
    from: from.revision,
    to: to.revision,
    of: edition === own ? null : edition,
  });
  return html`<li>
    <a href="${href}">State ${to.revision}${edition === own ? null : ` of ${edition}`}</a>, seen ${timeOf(to.seenAt)}
    <span class="chip ${heavy > 0 ? 'warn' : ''}">${heavy > 0 ? 'substantive' : 'trivial'}</span>
    <p class="meta">${told === '' ? 'no difference in what is compared' : told}</p>
  </li>`;
}

function chooser(id: string, states: readonly ArticleState[], { from, to }: ArticleEdits): Markup {
  const options = states.map(({ revision, seenAt }) => {
    return [String(revision), `${revision}${seenAt === null ? '' : `, seen ${seenAt.slice(0, 10)}`}`] as const;
  });
  return html`<form class="fields" action="/articles/${id}">
    ${choice('From state', 'from', options, String(from.revision))}
    ${choice('To state', 'to', options, String(to.revision))}
    <button>Compare</button>
  </form>`;
}
