/** Standard output of one command: text lines for people, or one JSON document for scripts. */
export interface Output {
  readonly json: boolean;
  /** Prints one line of text, whatever a terminal would obey in it shown as `�`; nothing in JSON mode. */
  line(text?: string): void;
  /** Prints lines of text; nothing in JSON mode. */
  lines(texts: readonly string[]): void;
  /** Prints the one JSON document; nothing in text mode. */
  document(value: unknown): void;
}

/** Control characters, and those that turn the direction of what follows: a terminal would obey them, whoever wrote the text. */
const NOT_FOR_TERMINALS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

export function createOutput(json: boolean, stream: NodeJS.WritableStream): Output {
  const line = (text = ''): void => {
    if (!json) stream.write(`${text.replace(NOT_FOR_TERMINALS, '\ufffd')}\n`);
  };
  return {
    json,
    line,
    lines: (texts) => {
      for (const text of texts) line(text);
    },
    document: (value) => {
      if (json) stream.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}

/** One line on standard error that is rewritten in place; silent where that is no terminal. */
export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** Least time between two repaints. */
const REPAINT_MS = 100;

export function createProgressLine(stream: NodeJS.WriteStream, enabled: boolean): ProgressLine {
  if (!enabled || !stream.isTTY) return { show: () => undefined, clear: () => undefined };
  let paintedAt = 0;
  let shown = false;
  return {
    show: (text) => {
      const now = performance.now();
      if (now - paintedAt < REPAINT_MS) return;
      paintedAt = now;
      shown = true;
      stream.write(`\r\u001b[2K${text.slice(0, Math.max(20, stream.columns - 1))}`);
    },
    clear: () => {
      if (shown) stream.write('\r\u001b[2K');
      shown = false;
    },
  };
}

/**
 * Lays rows out in columns, two spaces apart; numbers to the right.
 *
 * @param rows  The first row is the heading.
 * @returns     One line per row. Width counts East Asian wide characters as two.
 */
export function layOutTable(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(String(cell)));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const pad = ' '.repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(String(cell))));
        return typeof cell === 'number' ? `${pad}${cell}` : cell + pad;
      })
      .join('  ')
      .trimEnd(),
  );
}

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/u;

/** @returns columns that the text takes on a terminal; East Asian wide characters take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}
