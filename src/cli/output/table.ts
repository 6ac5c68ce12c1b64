import { cutText, displayWidth } from './wrap-text.js';

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
