import { escapeMarkup } from '../../export/safe-markup.js';

/** Text that is markup of ours. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | null | readonly Content[];

/** A piece of a page. Whatever is put into it is text, and escaped, unless it is itself a piece of a page. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let pieces = withoutIndents.get(strings);
  if (pieces === undefined) withoutIndents.set(strings, (pieces = strings.map((text) => text.replace(/\n\s+/g, '\n'))));
  return new Markup(
    pieces.map((text, index) => text + (index < values.length ? shown(values[index] ?? null) : '')).join(''),
  );
}

/** The lines of a template are indented for its readers here; of a table with many rows that would be a sixth. */
const withoutIndents = new WeakMap<TemplateStringsArray, readonly string[]>();

function shown(value: Content): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeMarkup(String(value));
  return value.map(shown).join('');
}

/** @returns the path with a query of whatever is given; what is null or empty is left out. */
export function hrefOf(path: string, query: Readonly<Record<string, string | number | null | undefined>> = {}): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === null || value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

/** What a part of a page may hold, in bytes of UTF-8, so that no page grows beyond its limit whatever was collected. */
export class ByteBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** @returns whether all of it still fits; then it is taken off. */
  takes(...texts: readonly (string | null)[]): boolean {
    const bytes = texts.reduce((sum, text) => sum + (text === null ? 0 : Buffer.byteLength(text)), 0);
    if (bytes > this.#left) {
      this.#left = 0;
      return false;
    }
    this.#left -= bytes;
    return true;
  }
}
