import { existsSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { z } from 'zod';
import type { GrowthPoint } from './growth.js';
import type { PartSummary, Spread } from './summarise.js';
import type { TargetResult } from './targets.js';

export interface Report {
  readonly at: string;
  readonly machine: string;
  readonly articles: number;
  readonly rounds: number;
  readonly parts: readonly PartSummary[];
  /** Parts that were left out, and why. */
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
  readonly targets: readonly TargetResult[];
  readonly growth?: readonly GrowthPoint[];
}

export function machineName(): string {
  const [first] = cpus();
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${first?.model.trim() ?? 'unknown'}), ${gib} GiB, Node ${process.versions.node}`;
}

/** @returns the report for people, as Markdown. */
export function tableOf(report: Report): string {
  const { at, machine, articles, rounds, parts, missing, targets } = report;
  const rows = parts.map((part) => [
    part.what,
    String(part.count),
    spread(part.perSecond, part.perSecond.median < 10 ? 2 : 0),
    spread(part.cpuMsEach, part.cpuMsEach.median < 1 ? 3 : 2),
    spread(part.peakMb, 0),
    part.ratio === null ? '' : part.ratio.toFixed(3),
  ]);
  const head = ['part', 'of', 'per second', 'CPU-ms each', 'peak MB', 'CPU, CheerioCrawler ÷ this'];
  return [
    `${at}, ${machine}; ${articles} articles, ${rounds} rounds: median (range)`,
    table(head, rows),
    ...missing.map(({ name, reason }) => `Left out: ${name} (${reason})`),
    table(
      ['target', 'found', 'met'],
      targets.map(({ target, found, isMet }) => [target, found, isMet === null ? '–' : isMet ? 'yes' : 'NO']),
    ),
    ...(report.growth === undefined ? [] : [growthTable(report.growth)]),
  ].join('\n\n');
}

function growthTable(growth: readonly GrowthPoint[]): string {
  return table(
    ['stored', 'CPU-ms for one more, start included', 'peak MB', '`search`, CPU-ms with start'],
    growth.map(({ stored, cpuMsEach, peakMb, searchCpuMs }) => [
      ...[String(stored), cpuMsEach.toFixed(2), peakMb.toFixed(0), searchCpuMs.toFixed(0)],
    ]),
  );
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function spread({ median, low, high }: Spread, digits: number): string {
  return low === high
    ? median.toFixed(digits)
    : `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
}

/** A ratio that fell by more than this is warned of. */
const FALL_MAX = 0.1;
const baselineSchema = z.object({
  at: z.string(),
  machine: z.string(),
  articles: z.int(),
  parts: z.array(z.object({ name: z.string(), ratio: z.number().nullable() })),
});

/** @returns a warning for each part whose ratio fell by more than a tenth against a committed report. */
export function compareWith(path: string, { parts, articles }: Report): string[] {
  if (!existsSync(path)) return [`no baseline at ${path}`];
  const baseline = baselineSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  // A start is divided by fewer or more.
  if (baseline.articles !== articles)
    return [`the baseline is of --articles ${baseline.articles}, this run of ${articles}`];
  return baseline.parts.flatMap(({ name, ratio }) => {
    const now = parts.find((part) => part.name === name)?.ratio ?? null;
    if (ratio === null || now === null || now >= ratio * (1 - FALL_MAX)) return [];
    return [`${name}: its ratio fell from ${ratio.toFixed(3)} (${baseline.at}) to ${now.toFixed(3)}`];
  });
}
