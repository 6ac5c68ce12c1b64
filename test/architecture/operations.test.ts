import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NOTICE_KINDS } from '../../src/config/config.js';
import { FETCH_FAILURES } from '../../src/domain/outcome.js';
import { NOTIFY_STEPS } from '../../src/notify/outbox/read-notify.js';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const DOCUMENT = read('docs/operations.md');

/** Words in backticks in the first column of the table under a heading. */
function firstColumn(heading: string): string[] {
  const [, section = ''] = DOCUMENT.split(`${heading}\n`);
  const rows = section.split(/^#/m)[0]?.match(/^\| .*$/gm) ?? [];
  return rows
    .slice(2)
    .flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, word]) => word!));
}

describe('docs/operations.md says what to do about', () => {
  it('each alarm of Prometheus, and about no other', () => {
    const alarms = [...read('ops/prometheus/alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    expect(alarms.length).toBeGreaterThan(10);
    expect(firstColumn('## What to do about each alarm').sort()).toEqual(alarms.sort());
  });

  it('each reason for which an edition can be unreachable, and about no other', () => {
    expect(firstColumn('### Why an edition is unreachable').sort()).toEqual([...FETCH_FAILURES].sort());
  });

  it('each reason of readiness in the words of the program', () => {
    const sources = ['src/app/service/open-web-part.ts', 'src/app/harvester/files-at-work.ts'].map(read).join('');
    const said = sources.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const reasons = firstColumn('### What `/readyz` says');
    expect(reasons).toHaveLength(9);
    for (const reason of reasons.filter((one) => !/^is (?:unreachable|late)$/.test(one)))
      expect(said).toContain(reason);
  });

  it('each kind of notification that is no news, and each part of the work on them', () => {
    const kinds = NOTICE_KINDS.filter((kind) => !['article', 'edit', 'withdrawal'].includes(kind));
    const told = firstColumn('### What notifications and `sputnik notify` say');
    expect(told.sort()).toEqual([...kinds, ...NOTIFY_STEPS].sort());
  });
});
