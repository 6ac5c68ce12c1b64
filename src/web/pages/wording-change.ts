import { EDIT_NAMES, type Edit, type EditType } from '../../edits/list-edits.js';
import { mixedWordings } from '../../edits/diff-wordings.js';
import { countOf } from '../markup/elements.js';
import { ByteBudget, type Content, html, type Markup } from '../markup/html.js';

/** Every kind of edit. */
export const EDIT_TYPES = Object.keys(EDIT_NAMES) as EditType[];

const EDITS_MAX = 60;
const EDITS_BYTES_MAX = 45_000;
/** Edits inside a passage, which are shown with it. */
const DETAILS: ReadonlySet<EditType> = new Set(['number', 'name', 'quotation']);

/** The name of a kind of edit, for people. */
export function editName(type: EditType): string {
  const name = EDIT_NAMES[type];
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** The edits between two states: the substantive ones, then the trivial ones, which have to be opened. */
export function changesOf(edits: readonly Edit[], language: string): Content {
  const passages = passagesOf(edits).slice(0, EDITS_MAX);
  const budget = new ByteBudget(EDITS_BYTES_MAX);
  const shown = passages.filter(({ edit: { before, after } }) => budget.takes(before, after));
  const view = ({ edit, details }: Passage): Markup => changeView(edit, details, language);
  const ofWeight = (weight: Edit['weight']): Passage[] => shown.filter(({ edit }) => edit.weight === weight);
  const [substantive, trivial] = [ofWeight('substantive'), ofWeight('trivial')];
  const left = passagesOf(edits).length - shown.length;
  return [
    substantive.map(view),
    trivial.length === 0
      ? null
      : html`<details${substantive.length === 0 ? html` open` : null}>
          <summary>${countOf(trivial.length, 'trivial edit')}: spacing, punctuation, script, order</summary>
          ${trivial.map(view)}
        </details>`,
    left === 0 ? null : html`<p class="meta">${countOf(left, 'more edit')} in the JSON.</p>`,
    edits.length === 0 ? html`<p class="none">Nothing differs.</p>` : null,
  ];
}

interface Passage {
  readonly edit: Edit;
  readonly details: readonly Edit[];
}

function passagesOf(edits: readonly Edit[]): Passage[] {
  const passages: { edit: Edit; details: Edit[] }[] = [];
  for (const edit of edits) {
    const last = passages.at(-1);
    if (DETAILS.has(edit.type) && last !== undefined) last.details.push(edit);
    else passages.push({ edit, details: [] });
  }
  return passages;
}

function changeView({ type, weight, before, after }: Edit, details: readonly Edit[], language: string): Markup {
  const told = details.map((detail) => html`<li>${detailWords(detail)}</li>`);
  return html`<div class="change">
    <p class="meta">${editName(type)} <span class="chip ${weight === 'substantive' ? 'warn' : ''}">${weight}</span></p>
    <div lang="${language}">${wordingView(before, after)}</div>
    ${
      told.length === 0
        ? null
        : html`<ul class="meta inline">
            ${told}
          </ul>`
    }
  </div>`;
}

/** Each wording is isolated (`bdi`), because two that run from right to left would change places around the arrow. */
function detailWords({ type, before, after }: Edit): Markup {
  const name = editName(type);
  if (before === null) return html`${name} added: <bdi>${after ?? ''}</bdi>`;
  if (after === null) return html`${name} removed: <bdi>${before}</bdi>`;
  return html`${name}: <bdi>${before}</bdi> → <bdi>${after}</bdi>`;
}

/** Both wordings, mixed word by word (in Chinese character by character) if they share enough, otherwise one after the other. */
function wordingView(before: string | null, after: string | null): Markup {
  const parts = mixedWordings(before, after);
  if (parts === null) return whole(before, after);
  const marked = parts.map(({ kind, text }) =>
    kind === 'kept' ? text : kind === 'removed' ? html`<del>${text}</del>` : html`<ins>${text}</ins>`,
  );
  return html`<p dir="auto">${marked}</p>`;
}

function whole(before: string | null, after: string | null): Markup {
  return html`<div class="whole">
    ${before === null ? null : html`<del dir="auto">${before}</del>`}${after === null ? null : html`<ins dir="auto">${after}</ins>`}
  </div>`;
}
