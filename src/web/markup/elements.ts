import { type Content, html, type Markup } from './html.js';

/** The small pieces that pages are made of. */

/** @returns the text on one line, cut if it is too long for a list. */
export function textOf(text: string, max = 300): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > max ? `${line.slice(0, max)}…` : line;
}

/** An instant for people, in UTC. */
export function timeOf(instant: string | null): Markup {
  return instant === null
    ? html`no date`
    : html`<time datetime="${instant}">${instant.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

const NUMBER = new Intl.NumberFormat('en-GB');

/** The same without “UTC”, for a table whose heading says it. */
export function shortTime(instant: string): Markup {
  return html`<time datetime="${instant}">${instant.slice(0, 16).replace('T', ' ')}</time>`;
}

/** A number for people: `12,345`. */
export function numberOf(value: number): string {
  return NUMBER.format(value);
}

/** A count with a link to what it counts; 0 has no link. */
export function linkedCount(count: number, href: string): Content {
  return count === 0 ? '0' : html`<a href="${href}">${numberOf(count)}</a>`;
}

/** The link to the next page of a list; null: there is none. */
export function nextLink(href: string | null, words = 'Next page'): Content {
  return href === null
    ? null
    : html`<nav class="pages" aria-label="Pages of the list"><a rel="next" href="${href}">${words} →</a></nav>`;
}

/** A list of these items. */
export function listOf(items: readonly Content[]): Markup {
  return html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;
}

/** One of several links, of which one may lead to what is shown now. */
export function switchLink(words: string, isCurrent: boolean, href: string): Markup {
  return isCurrent
    ? html`<a href="${href}" aria-current="true"><b>${words}</b></a>`
    : html`<a href="${href}">${words}</a>`;
}

/** What has just been done, on top of a page; null: nothing. */
export function saidBox(said: string | null): Content {
  return said === null ? null : html`<div class="say" role="status"><p>${said}</p></div>`;
}

const UNITS = [
  ['day', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** A span of time for people, in the unit that fits best: `3 h`, `2 days`. */
export function spanOf(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds >= length * 1.5) ?? ['s', 1];
  const count = Math.round(seconds / size);
  if (count === 0) return 'under 1 s';
  return `${count} ${unit}${unit === 'day' && count !== 1 ? 's' : ''}`;
}

/** `1 article`, `12,345 articles`. */
export function countOf(count: number, noun: string, nouns = `${noun}s`): string {
  return `${numberOf(count)} ${count === 1 ? noun : nouns}`;
}

export interface Table {
  readonly caption: string;
  /** Whether the caption is only for people who do not see the table. */
  readonly isCaptionHidden?: boolean;
  readonly heads: readonly string[];
  /** Indexes of the columns that hold numbers. */
  readonly numbers?: readonly number[];
  /** Indexes of the columns that hold sentences. */
  readonly sentences?: readonly number[];
  /** Whether a narrow page shows it row by row; default: if it has sentences. */
  readonly isStacked?: boolean;
  /** The first cell of each row names it. */
  readonly rows: readonly (readonly Content[])[];
}

/**
 * A table. On a narrow page it scrolls, or is shown row by row with a heading before each cell. Then its roles are written out, so that
 * screen readers still present it as a table.
 */
export function tableOf(table: Table): Markup {
  const { caption, isCaptionHidden = true, heads, numbers = [], sentences = [], rows } = table;
  const kind = (column: number): Markup =>
    numbers.includes(column) ? html` class="n"` : sentences.includes(column) ? html` class="w"` : html``;
  const isStacked = table.isStacked ?? sentences.length > 0;
  const role = (name: string): Content => (isStacked ? html` role="${name}"` : null);
  const cellOf = (cell: Content, column: number): Markup =>
    column === 0
      ? html`<th scope="row" ${role('rowheader')}${kind(column)}>${cell}</th>`
      : html`<td${role('cell')}${isStacked ? html` data-head="${heads[column] ?? ''}"` : null}${kind(column)}>${cell}</td>`;
  const isHidden = isCaptionHidden ? html` class="unseen"` : null;
  return html`<div class="scroll${isStacked ? ' stack' : ''}" role="region" aria-label="${caption}" tabindex="0">
    <table${role('table')}>
      <caption${isHidden}><span>${caption}</span></caption>
      <thead${role('rowgroup')}><tr${role('row')}>
        ${heads.map((head, column) => html`<th scope="col" ${role('columnheader')}${kind(column)}>${head}</th>`)}
      </tr></thead>
      <tbody${role('rowgroup')}>${rows.map((cells) => html`<tr${role('row')}>${cells.map(cellOf)}</tr>`)}</tbody>
    </table>
  </div>`;
}

/** A key of stored JSON for people: `offTopic` becomes “off topic”. Codes of errors (`fetch.timeout`) stay, since people look them up. */
export function wordsOf(key: string): string {
  if (key.includes('.')) return key;
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A key of stored JSON as the heading of a column. */
export function headOf(key: string): string {
  const words = wordsOf(key);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Ids that are named at a time. */
const NAMED_MAX = 10;

/** @returns which articles are left out of a list because they cannot be read; their number is not 0. Pure. */
export function leftOutWords(unreadable: readonly string[]): string {
  const named = unreadable.slice(0, NAMED_MAX).join(', ');
  const more = unreadable.length > NAMED_MAX ? ` and ${unreadable.length - NAMED_MAX} more` : '';
  return `${countOf(unreadable.length, 'record')} cannot be read: ${named}${more}; \`sputnik verify\` says why`;
}

/** The same, in a list; null: nothing is left out. */
export function unreadableBox(unreadable: readonly string[]): Content {
  if (unreadable.length === 0) return null;
  return html`<div class="say bad"><p>${withCode(leftOutWords(unreadable))}.</p></div>`;
}

/** A sentence in which commands stand between backticks. */
export function withCode(sentence: string): Content {
  return sentence.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`));
}

/** Parts in one line, with something between them. */
export function separated(parts: readonly Content[], between = ' · '): Content {
  return parts.filter((part) => part !== null).flatMap((part, index) => (index === 0 ? [part] : [between, part]));
}

/** A choice of a form: its value, and what people read. */
type Option = readonly [value: string, words: string];

/** A field of a form to choose one of several options. */
export function choice(label: string, name: string, options: readonly Option[], chosen: string | undefined): Markup {
  const list = options.map(([value, words]) =>
    value === (chosen ?? '')
      ? html`<option value="${value}" selected>${words}</option>`
      : html`<option value="${value}">${words}</option>`,
  );
  return html`<label
    >${label}
    <select name="${name}">
      ${list}
    </select></label
  >`;
}

/** @returns the options “any”, which comes first, and each of these. */
export function either(ids: readonly string[]): Option[] {
  return [['', 'any'], ...ids.map((id): Option => [id, id])];
}
