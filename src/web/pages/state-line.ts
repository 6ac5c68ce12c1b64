import type { Article } from '../../domain/article.js';
import type { ArticleEdits, ArticleState } from '../../edits/list-article-edits.js';
import { countOf, timeOf } from '../markup/elements.js';
import { hrefOf, html, type Markup } from '../markup/html.js';
import { changesOf, editName } from './wording-change.js';

interface StateLine {
  readonly article: Article;
  readonly states: readonly ArticleState[];
  readonly steps: readonly ArticleEdits[];
  readonly compared: ArticleEdits;
}

/** So many steps are listed, the newest ones. */
const STEPS_MAX = 50;
const KINDS_TOLD = 6;

/** The states of an article in the order of time, and what differs between two of them. */
export function stateLine({ article, states, steps, compared }: StateLine): Markup {
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
    <p class="meta">${told === '' ? 'nothing that is compared' : told}</p>
  </li>`;
}

function chooser(id: string, states: readonly ArticleState[], { from, to }: ArticleEdits): Markup {
  const options = (chosen: number): Markup[] =>
    states.map(({ revision, seenAt }) => {
      const words = `${revision}${seenAt === null ? '' : `, seen ${seenAt.slice(0, 10)}`}`;
      return revision === chosen
        ? html`<option value="${revision}" selected>${words}</option>`
        : html`<option value="${revision}">${words}</option>`;
    });
  return html`<form class="fields" action="/articles/${id}">
    <label
      >From state
      <select name="from">
        ${options(from.revision)}
      </select></label
    >
    <label
      >To state
      <select name="to">
        ${options(to.revision)}
      </select></label
    >
    <button>Compare</button>
  </form>`;
}
