import { escapeMarkup } from '../export/escape-markup.js';

/** Text that is markup of ours. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | null | readonly Content[];

/** A piece of a page. Whatever is put into it is text, and escaped, unless it is itself a piece of a page. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(
    strings.map((text, index) => text + (index < values.length ? shown(values[index] ?? null) : '')).join(''),
  );
}

function shown(value: Content): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeMarkup(String(value));
  return value.map(shown).join('');
}
