import type { TerminalWishes } from '../../config/environment.js';
import { escapedForTerminal, forTerminal } from '../../platform/logger.js';
import { cutText, displayWidth, wrapLine } from './wrap-text.js';

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

export type Cell = string | number;

/** The heading of a column: its title, and what may be done to it where the terminal is narrow; a plain title is never touched. */
export type Heading = string | Column;

interface Column {
  readonly title: string;
  /** Its cells may be cut to so many columns. */
  readonly cutTo?: number;
  /** It may be left out, the highest number first. */
  readonly drop?: number;
}

const GAP = 2;

/**
 * Lays rows out in columns, two spaces apart; numbers to the right.
 *
 * @param rows   The first row is the heading.
 * @param width  Columns there are; null: as many as are wanted.
 * @returns      One line per row. Where there is too little room, cells are cut as their columns allow, then columns are
 *               left out and named in a last line; where that does not do, each row is a block of lines `title: cell`.
 */
export function layOutTable(rows: readonly (readonly (Heading | Cell)[])[], width: number | null): string[] {
  const columns = (rows[0] ?? []).map((heading) =>
    typeof heading === 'object' ? heading : { title: String(heading) },
  );
  const body = rows.slice(1).map((row) => row.map((cell) => (typeof cell === 'object' ? cell.title : cell)));
  const table: Table = { columns, body, widths: columns.map(({ title }, at) => widthOf(title, body, at)) };
  if (width === null) return render(table);
  let shown = table;
  const dropped: string[] = [];
  while (!fits(cutTable(shown, width), width)) {
    const least = Math.max(0, ...shown.columns.map(({ drop = 0 }) => drop));
    if (least === 0) return blocks(table);
    const at = shown.columns.findIndex(({ drop }) => drop === least);
    dropped.unshift(shown.columns[at]?.title ?? '');
    shown = withoutColumn(shown, at);
  }
  const lines = render(cutTable(shown, width));
  return dropped.length === 0 ? lines : [...lines, `(too narrow for: ${dropped.join(', ')})`];
}

interface Table {
  readonly columns: readonly Column[];
  readonly body: readonly (readonly Cell[])[];
  readonly widths: readonly number[];
}

function widthOf(title: string, body: Table['body'], at: number): number {
  return body.reduce((widest, row) => Math.max(widest, displayWidth(String(row[at] ?? ''))), displayWidth(title));
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width + GAP, -GAP);
}

function fits({ widths }: Table, width: number): boolean {
  return totalOf(widths) <= width;
}

function withoutColumn({ columns, body, widths }: Table, at: number): Table {
  const kept = <T>(cells: readonly T[]): T[] => cells.filter((_, index) => index !== at);
  return { columns: kept(columns), body: body.map(kept), widths: kept(widths) };
}

/** Cuts the columns that may be cut, the widest first, until the table fits or nothing more can be cut. */
function cutTable(table: Table, width: number): Table {
  const widths = [...table.widths];
  for (let over = totalOf(widths) - width; over > 0; over = totalOf(widths) - width) {
    const room = table.columns.map(({ cutTo }, at) => (cutTo === undefined ? 0 : (widths[at] ?? 0) - cutTo));
    const most = Math.max(0, ...room);
    if (most === 0) break;
    const at = room.indexOf(most);
    widths[at] = (widths[at] ?? 0) - Math.min(over, most);
  }
  return { ...table, widths };
}

function render({ columns, body, widths }: Table): string[] {
  const rows = [columns.map(({ title }) => title), ...body];
  const isNumber = columns.map((_, at) => body.some((row) => typeof row[at] === 'number'));
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const text = cutText(String(cell), widths[at] ?? 0);
        const pad = ' '.repeat(Math.max(0, (widths[at] ?? 0) - displayWidth(text)));
        return isNumber[at] === true ? pad + text : text + pad;
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

function blocks({ columns, body }: Table): string[] {
  const [first, ...others] = columns;
  if (first === undefined) return [];
  return body.flatMap(([name = '', ...cells]) => [
    String(name),
    ...others.flatMap(({ title }, at) => (String(cells[at] ?? '') === '' ? [] : [`  ${title}: ${cells[at] ?? ''}`])),
  ]);
}
