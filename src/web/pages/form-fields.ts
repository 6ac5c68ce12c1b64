import { html, type Markup } from '../markup/html.js';

type Option = readonly [value: string, words: string];

/** A field of a form with which one of several is chosen. */
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

/** @returns any of them, which is the first, or one. */
export function either(ids: readonly string[]): Option[] {
  return [['', 'any'], ...ids.map((id): Option => [id, id])];
}
