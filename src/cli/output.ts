/** Standard output of one command: text lines for people, or one JSON document for scripts. */
export interface Output {
  readonly json: boolean;
  /** Prints one line of text; nothing in JSON mode. */
  line(text?: string): void;
  /** Prints the one JSON document; nothing in text mode. */
  document(value: unknown): void;
}

export function createOutput(json: boolean, stream: NodeJS.WritableStream): Output {
  return {
    json,
    line: (text = '') => {
      if (!json) stream.write(`${text}\n`);
    },
    document: (value) => {
      if (json) stream.write(`${JSON.stringify(value, null, 2)}\n`);
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
