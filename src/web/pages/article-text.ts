import type { Article, BodyBlock, Rendition } from '../../domain/article.js';
import { alignBlocks } from '../../edits/align-blocks.js';
import { countOf } from '../markup/elements.js';
import { ByteBudget, type Content, html, type Markup } from '../markup/html.js';

/** The rest of a longer text is only in the record. */
const TEXT_BYTES_MAX = 60_000;

type Wording = Pick<Article, 'edition' | 'language' | 'lead' | 'body'>;

/** The text alone, or beside its renditions, paragraph by paragraph. */
export function articleText(article: Article): Content {
  const [first, ...others] = article.renditions;
  if (first === undefined) return textAlone(article);
  const budget = new ByteBudget(TEXT_BYTES_MAX);
  return [
    textBeside(article, first, budget),
    others.map(
      (rendition) =>
        html`<details>
          <summary>The rendition of ${rendition.edition}</summary>
          ${textBeside(article, rendition, budget)}
        </details>`,
    ),
  ];
}

function textAlone({ id, language, lead, body }: Pick<Article, 'id'> & Wording): Markup {
  const budget = new ByteBudget(TEXT_BYTES_MAX);
  const shown = body.filter(({ text }) => budget.takes(text));
  return html`<div class="text" lang="${language}" dir="auto">
    ${lead === null ? null : html`<p class="lead">${lead}</p>`}${shown.map(blockOf)}${lead === null && body.length === 0 ? noText : null}${restOf(id, body.length - shown.length)}
  </div>`;
}

const noText = html`<p class="none" lang="en">The page shows no text of its own.</p>`;

/** Both texts in rows of one paragraph each. A paragraph without a counterpart stands alone. */
function textBeside(article: Article, rendition: Rendition, budget: ByteBudget): Markup {
  const rows = pairedBlocks(article.body, rendition.body);
  const shown = rows.filter(([left, right]) => budget.takes(left?.text ?? null, right?.text ?? null));
  const cell = ({ language }: Pick<Wording, 'language'>, content: Content): Markup =>
    html`<div class="text" lang="${language}" dir="auto">${content}</div>`;
  const head = (wording: Pick<Wording, 'edition'>): Markup => html`<h2 class="edition">${wording.edition}</h2>`;
  const titles = [article, rendition].map((one) => cell(one, html`<p class="lead">${one.title}</p>`));
  const leads = [article, rendition].map((one) =>
    cell(one, one.lead === null ? null : html`<p class="lead">${one.lead}</p>`),
  );
  return html`<div class="beside">${head(article)}${head(rendition)}</div>
    <div class="beside pair">${titles}</div>
    ${article.lead === null && rendition.lead === null ? null : html`<div class="beside pair">${leads}</div>`}
    ${shown.map(
      ([left, right]) =>
        html`<div class="beside pair">
          ${cell(article, left === null ? null : blockOf(left))}${cell(rendition, right === null ? null : blockOf(right))}
        </div>`,
    )}
    ${restOf(article.id, rows.length - shown.length)}`;
}

type Row = readonly [left: BodyBlock | null, right: BodyBlock | null];

/** @returns all blocks of both texts in order; blocks that say the same are in one row. Pure. */
function pairedBlocks(left: readonly BodyBlock[], right: readonly BodyBlock[]): Row[] {
  const pairs = alignBlocks(left, right).filter(({ moved }) => !moved);
  const rightOf = new Map(pairs.map(({ before, after }) => [before, after]));
  const rows: Row[] = [];
  let next = 0;
  for (const [index, block] of left.entries()) {
    const other = rightOf.get(index);
    if (other === undefined || other < next) {
      rows.push([block, null]);
      continue;
    }
    for (; next < other; next += 1) rows.push([null, right[next] ?? null]);
    rows.push([block, right[other] ?? null]);
    next = other + 1;
  }
  for (; next < right.length; next += 1) rows.push([null, right[next] ?? null]);
  return rows;
}

function blockOf({ type, text }: BodyBlock): Markup {
  if (type === 'heading') return html`<h2>${text}</h2>`;
  if (type === 'quote') return html`<blockquote>${text}</blockquote>`;
  if (type === 'text') return html`<p>${text}</p>`;
  return html`<ul>
    ${text.split('\n').map((item) => html`<li>${item}</li>`)}
  </ul>`;
}

function restOf(id: string, count: number): Content {
  if (count <= 0) return null;
  return html`<p class="meta"><a href="/api/articles/${id}">${countOf(count, 'more paragraph')} in the record</a></p>`;
}
