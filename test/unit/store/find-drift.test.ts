import { describe, expect, it } from 'vitest';
import {
  bitsOf,
  fieldsOf,
  READING_FIELDS,
  type CountedReading,
  type ReadingField,
} from '../../../src/store/drift/counted-reading.js';
import { driftMetrics, driftReport } from '../../../src/store/drift/drift-report.js';
import { findDrift } from '../../../src/store/drift/find-drift.js';

const ALL = READING_FIELDS;
const without = (...missing: ReadingField[]): ReadingField[] => ALL.filter((field) => !missing.includes(field));

function reading(day: number, pages: number, filled: readonly ReadingField[], reader = 'sputnik-2021'): CountedReading {
  const at = new Date(Date.UTC(2026, 6, day)).toISOString().slice(0, 10);
  const pageId = `sputniknews.cn/10${day}` as const;
  const example = { pageId, url: `https://sputniknews.cn/20260701/10${day}.html`, file: 'a.warc.gz', offset: day };
  return { day: at, edition: 'sputniknews.cn', reader, filled, disagreed: [], pages, example };
}

const PAST = [reading(1, 30, ALL), reading(2, 30, ALL), reading(3, 30, ALL)];
const told = (readings: readonly CountedReading[]): string[] =>
  findDrift(readings).map(({ reader, field }) => `${reader ?? '*'} ${field}`);

describe('the alarm over falling fill rates', () => {
  it('tells a field that is not found any more, with pages that lack it', () => {
    const [drift, ...others] = findDrift([...PAST, reading(4, 25, without('lead'))]);
    expect(others).toEqual([]);
    expect(drift).toMatchObject({
      edition: 'sputniknews.cn',
      reader: 'sputnik-2021',
      field: 'lead',
      recent: { from: '2026-07-04', to: '2026-07-04', filled: 0, total: 25 },
      past: { from: '2026-07-01', to: '2026-07-03', filled: 90, total: 90 },
      examples: [{ pageId: 'sputniknews.cn/104' }],
    });
  });

  it('is silent on the first days, and where too few pages were read', () => {
    expect(told([reading(1, 500, ALL), reading(2, 500, without('lead'))])).toEqual([]);
    expect(told([reading(1, 20, ALL), reading(2, 20, ALL), reading(3, 500, without('lead'))])).toEqual([]);
    expect(told([...PAST, reading(5, 19, without('lead'))])).toEqual([]);
    expect(told([])).toEqual([]);
  });

  it('takes the day before along while the newest one holds few pages', () => {
    expect(told([...PAST, reading(4, 15, without('tags')), reading(5, 10, without('tags'))])).toEqual([
      'sputnik-2021 tags',
    ]);
  });

  it('tells of a part of the pages once it is too large for chance', () => {
    const day = (broken: number): CountedReading[] => [
      reading(4, 100 - broken, ALL),
      reading(4, broken, without('body')),
    ];
    expect(told([...PAST, ...day(9)])).toEqual([]);
    expect(told([...PAST, ...day(30)])).toEqual(['sputnik-2021 body']);
  });

  it('bears with a field that only some pages have', () => {
    const mixed = (day: number, pages: number, having: number): CountedReading[] => [
      reading(day, having, ALL),
      reading(day, pages - having, without('authors')),
    ];
    const past = [...mixed(1, 100, 50), ...mixed(2, 100, 50)];
    expect(told([...past, ...mixed(3, 100, 30)])).toEqual([]);
    expect(told([...past, ...mixed(3, 100, 10)])).toEqual(['sputnik-2021 authors']);
  });

  it('tells pages whose markup nobody knows any more, whoever reads them then', () => {
    expect(told([...PAST, reading(4, 25, without('images'), 'structured-data')])).toEqual(['* knownMarkup']);
    expect(told([...PAST, reading(4, 25, [], 'none')])).toEqual(['* knownMarkup']);
  });

  it('does not hold an engine to a past that has ended', () => {
    const old = [1, 2, 3].map((day) => reading(day, 100, day === 3 ? without('lead') : ALL, 'sputnik-2015'));
    expect(told(old)).toEqual(['sputnik-2015 lead']);
    expect(told([...old, reading(4, 30, ALL), reading(5, 30, ALL), reading(6, 30, ALL)])).toEqual([]);
  });

  it('is over when the field is found again, and measures by the last fourteen days only', () => {
    expect(told([...PAST, reading(4, 25, without('lead')), reading(5, 25, ALL)])).toEqual([]);
    expect(told([...PAST, reading(30, 200, without('lead'))])).toEqual([]);
  });

  it('does not depend on the order in which pages were counted', () => {
    const readings = [...PAST, reading(4, 25, without('lead')), reading(4, 3, ALL)];
    expect(findDrift(readings.toReversed())).toEqual(findDrift(readings));
  });
});

describe('the bits of fields', () => {
  it('name the fields again, and leave out names that are not counted', () => {
    expect(fieldsOf(bitsOf(['tags', 'lead', 'nonsense']))).toEqual(['lead', 'tags']);
    expect(fieldsOf(bitsOf(ALL))).toEqual(ALL);
  });
});

describe('the numbers for a monitoring system', () => {
  it('are those of the newest day, the alarms, and the contradictions', () => {
    const readings = [...PAST, { ...reading(4, 25, without('lead')), disagreed: ['title'] as const }];
    const metrics = driftMetrics(driftReport(readings));
    const labels = { edition: 'sputniknews.cn', reader: 'sputnik-2021', field: 'lead' };
    expect(metrics).toContainEqual({ name: 'reading_pages', labels, value: 25 });
    expect(metrics).toContainEqual({ name: 'reading_filled_pages', labels, value: 0 });
    expect(metrics.filter(({ name }) => name === 'reading_drift')).toEqual([
      { name: 'reading_drift', labels, value: 1 },
    ]);
    expect(metrics.filter(({ name }) => name === 'reading_disagreement_pages')).toEqual([
      { name: 'reading_disagreement_pages', labels: { edition: 'sputniknews.cn', field: 'title' }, value: 25 },
    ]);
  });
});
