import type { TerminalWishes } from '../../config/environment.js';
import { escapedForTerminal, forTerminal } from '../../platform/logger.js';
import { layOutTable, type Cell, type Heading } from './table.js';
import { wrapLine } from './wrap-text.js';

/** Standard output of one command: text lines for people, or one JSON document for scripts. */
export interface Output {
  readonly json: boolean;
  /** Prints one line of text, whatever a terminal would obey in it shown as `�`; nothing in JSON mode. */
  line(text?: string): void;
  /**
   * Prints lines of text, or nothing in JSON mode. Lines are wrapped to the width of a terminal; in a pipe they stay
   * whole.
   */
  lines(texts: readonly string[]): void;
  /** The same, and no line is wider than 100 columns in a pipe either: for prose. */
  prose(texts: readonly string[]): void;
  /** Prints rows in columns, made to fit the terminal; nothing in JSON mode. @param rows  The first one is the heading. */
  table(rows: readonly [readonly Heading[], ...(readonly (readonly Cell[])[])]): void;
  /** Prints the one JSON document; nothing in text mode. */
  document(value: unknown): void;
}

/** Prose stays readable at this width where nobody knows a better one. */
const TEXT_COLUMNS = 100;

/** @returns how wide text for people may be: the terminal's width, or what `COLUMNS` says; null: as wide as it is. */
export function columnsOf(stream: NodeJS.WriteStream, { columns }: TerminalWishes): number | null {
  return columns ?? (stream.isTTY && stream.columns > 0 ? stream.columns : null);
}

/** @param columns  Width of the terminal; null: no terminal. */
export function createOutput(json: boolean, stream: NodeJS.WritableStream, columns: number | null = null): Output {
  const print = (texts: readonly string[], width: number | null): void => {
    if (json) return;
    for (const text of texts) {
      for (const line of forTerminal(text).split('\n')) {
        stream.write(`${(width === null ? [line] : wrapLine(line, width)).join('\n')}\n`);
      }
    }
  };
  return {
    json,
    line: (text = '') => {
      print([text], columns);
    },
    lines: (texts) => {
      print(texts, columns);
    },
    prose: (texts) => {
      print(texts, columns ?? TEXT_COLUMNS);
    },
    table: (rows) => {
      print(json ? [] : layOutTable(rows, columns), columns);
    },
    document: (value) => {
      if (json) stream.write(`${escapedForTerminal(JSON.stringify(value, null, 2))}\n`);
    },
  };
}
