import type { FieldCount, KeptRecord } from '../app/extraction-tally.js';
import type { ReprocessReport } from '../app/reprocess.js';
import { wrapText } from './wrap-text.js';

const KEPT_WORDS: Readonly<Record<KeptRecord['reason'], string>> = {
  captureLost: 'captures that they were made of are missing',
  unreadable: 'today’s reader cannot read one of their captures',
  notStoredToday: 'today’s reader and topics would not store them; no record is deleted',
  recordDamaged: 'their file is damaged; `sputnik verify` says how',
};

/** Kept records named to people for each reason; `--json` has a thousand. */
const KEPT_SHOWN = 10;

/** What reading captures again came to, in lines for people. */
export function describeReprocess(report: ReprocessReport): string[] {
  const { dryRun, articles, captures, changed, stored, noted, same, failed } = report;
  const would = dryRun ? 'would be' : 'are';
  const lines = [
    `Read ${captures} captures of ${articles} articles again; nothing was asked of the site.`,
    `  changed ${pad(changed)}  records ${would} brought to what today’s reader reads`,
    `  stored  ${pad(stored)}  articles without a record ${would} taken up: off topic or unreadable before`,
    `  noted   ${pad(noted)}  records stay; only what the catalogue says of their pages ${dryRun ? 'would change' : 'changes'}`,
    `  same    ${pad(same)}  read as they were read`,
  ];
  if (failed > 0) lines.push(`  failed  ${pad(failed)}  could not be brought to it; run it again`);
  lines.push(...keptLines(report), ...report.fields.flatMap((sum) => fieldLines(sum, dryRun)));
  if (dryRun) lines.push('', 'Nothing was changed. Links between articles are decided again when it is done.');
  else if (changed + stored > 0) lines.push('', '`sputnik edits --reader` lists what the reader changed.');
  return lines;
}

function keptLines({ kept, keptRecords }: ReprocessReport): string[] {
  if (kept === 0) return [];
  const lines = [`  kept    ${pad(kept)}  records are left as they are:`];
  for (const [reason, words] of Object.entries(KEPT_WORDS) as [KeptRecord['reason'], string][]) {
    const named = keptRecords.filter((record) => record.reason === reason).map(({ article }) => article);
    if (named.length === 0) continue;
    const more = named.length > KEPT_SHOWN ? ' …' : '';
    lines.push(...wrapText(`${words}: ${named.slice(0, KEPT_SHOWN).join(', ')}${more}`, '    ', '      '));
  }
  return lines;
}

function fieldLines({ field, articles, samples }: FieldCount, dryRun: boolean): string[] {
  const verb = dryRun ? 'would differ' : 'differs';
  const lines = ['', `${field}: ${verb} in ${articles === 1 ? '1 article' : `${articles} articles`}`];
  for (const { article, before, after } of samples) {
    lines.push(`  ${article}`, ...wrapText(before ?? '(nothing)', '    - ', '      '));
    lines.push(...wrapText(after ?? '(nothing)', '    + ', '      '));
  }
  return lines;
}

function pad(count: number): string {
  return String(count).padStart(7);
}
