import { escapeMarkup } from '../../export/safe-markup.js';

/** Text that is already markup. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | null | readonly Content[];

/** A piece of a page. Values that are put into it are escaped, unless they are pieces of a page themselves. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let pieces = withoutIndents.get(strings);
  if (pieces === undefined) withoutIndents.set(strings, (pieces = strings.map((text) => text.replace(/\n\s+/g, '\n'))));
  return new Markup(
    pieces.map((text, index) => text + (index < values.length ? shown(values[index] ?? null) : '')).join(''),
  );
}

/** Templates without their indentation, which would be a sixth of a table with many rows. */
const withoutIndents = new WeakMap<TemplateStringsArray, readonly string[]>();

function shown(value: Content): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeMarkup(String(value));
  return value.map(shown).join('');
}

/** @returns the path with a query of the given values; those that are null or empty are left out. */
export function hrefOf(path: string, query: Readonly<Record<string, string | number | null | undefined>> = {}): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === null || value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

/** Limits the bytes of UTF-8 that a part of a page may hold, so that no page becomes too large, whatever was collected. */
export class ByteBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** @returns whether the texts still fit. If so, the budget shrinks by their size. */
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
