import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { expect } from 'vitest';

/**
 * docs/faults.md: faults and what they lead to, written by the tests that cause them. Each file of tests owns a section;
 * a run compares what it saw with what is committed, and `WRITE_FAULTS=1 npx vitest run test/faults` writes it down.
 */
const FILE = fileURLToPath(new URL('../../docs/faults.md', import.meta.url));
const WRITES = process.env['WRITE_FAULTS'] === '1';

export interface FaultTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Expects that the section of docs/faults.md says what was seen, or has it say so. */
export async function expectSection(table: FaultTable): Promise<void> {
  const text = await readFile(FILE, 'utf8');
  if (WRITES) await writeFile(FILE, await format(withSection(text, table), { parser: 'markdown', printWidth: 120 }));
  else expect(rowsOf(sectionOf(text, table.title) ?? '')).toEqual(table.rows);
}

function withSection(text: string, { title, columns, rows }: FaultTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const lines = [`## ${title}`, '', line(columns), line(columns.map(() => '---')), ...rows.map(line)];
  const section = `${lines.join('\n')}\n`;
  const old = sectionOf(text, title);
  return old === null ? `${text.trimEnd()}\n\n${section}` : text.replace(old, () => section);
}

function sectionOf(text: string, title: string): string | null {
  const start = text.indexOf(`## ${title}\n`);
  if (start === -1) return null;
  const end = text.indexOf('\n## ', start);
  return text.slice(start, end === -1 ? undefined : end + 1);
}

function rowsOf(section: string): string[][] {
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
