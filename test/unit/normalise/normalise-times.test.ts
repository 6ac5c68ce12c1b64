import { describe, expect, it } from 'vitest';
import { normaliseTimes } from '../../../src/normalise/normalise-times.js';
import { parseTime, instantInZone } from '../../../src/sputnik/site-time.js';
import type { Found, PageFields } from '../../../src/sputnik/extractors/extractor.js';
import { ADDRESSES, EDITIONS } from '../../contract/read-page.js';

const found = (value: string, source = 'article:published_time'): Found => ({ value, source });

function times(
  published: readonly Found[],
  modified: readonly Found[] = [],
  more: { url?: string; fetchedAt?: string; canonical?: string } = {},
) {
  const url = more.url ?? 'https://ria.ru/20240310/x-1900000001.html';
  const address = ADDRESSES.parse(url)!;
  const reading = {
    url,
    published,
    modified,
    canonical: more.canonical === undefined ? [] : [found(more.canonical, 'canonical')],
  };
  const { publishedAt, modifiedAt } = normaliseTimes(reading as unknown as PageFields, {
    url: address,
    edition: EDITIONS.find(({ id }) => id === address.edition)!,
    topics: [],
    urlRules: ADDRESSES,
    fetchedAt: more.fetchedAt ?? '2024-04-01T00:00:00Z',
  });
  return {
    published: publishedAt.value,
    modified: modifiedAt.value,
    source: publishedAt.source,
    told: [...publishedAt.disagreements, ...modifiedAt.disagreements],
  };
}

describe('parseTime', () => {
  it.each([
    ['20230412T1940+0800', '2023-04-12T11:40:00.000Z'],
    ['2023-04-12T19:40+0800', '2023-04-12T11:40:00.000Z'],
    ['2026-05-31T00:44:00+03:00 ', '2026-05-30T21:44:00.000Z'],
    ['2019-06-20T10:36:47Z', '2019-06-20T10:36:47.000Z'],
    ['2019-06-20T10:36:47.123-05', '2019-06-20T15:36:47.000Z'],
    ['1681299600', '2023-04-12T11:40:00.000Z'],
    ['1681299600000', '2023-04-12T11:40:00.000Z'],
  ])('reads %s as an instant', (text, instant) => {
    const time = parseTime(text, 'ru')!;
    expect(new Date(time.faceMs - (time.offsetMinutes ?? Number.NaN) * 60_000).toISOString()).toBe(instant);
  });

  it.each(['20260531T0044', '00:44 31.05.2026', '(обновлено: 00:44 31.05.2026)', '2026-05-31 00:44'])(
    'reads %s as a clock face',
    (text) => {
      expect(parseTime(text, 'ru')).toMatchObject({ faceMs: Date.UTC(2026, 4, 31, 0, 44), offsetMinutes: null });
    },
  );

  it.each([
    ['hy', '14:05 5 մարտի 2024'],
    ['hy', '5 մարտ, 2024, 14:05'],
    ['ru', '14:05, 5 марта 2024 г.'],
    ['az', '5 Mart 2024, 14:05'],
    ['tr', '5 MART 2024 14:05'],
    ['ka', '5 მარტი 2024, 14:05'],
    ['kk', '2024 ж. 5 наурыз 2024, 14:05'],
    ['fa', '۵ مارس ۲۰۲۴، ۱۴:۰۵'],
    ['es', '14:05, 5 de marzo de 2024'],
    ['de', '5. März 2024, 14:05 Uhr'],
    ['en', 'March 5, 2024 14:05'],
    ['zh-Hans', '2024年3月5日 14:05'],
  ])('reads a month that is a word (%s): %s', (language, text) => {
    expect(parseTime(text, language)).toMatchObject({ faceMs: Date.UTC(2024, 2, 5, 14, 5), offsetMinutes: null });
  });

  it('takes the words of another language for no month, and a day without hour for no time', () => {
    expect(parseTime('14:05 5 մարտի 2024', 'ru')).toBeNull();
    expect(parseTime('5 марта 2024', 'ru')).toBeNull();
    expect(parseTime('14:05 31 июня 2024', 'ru')).toBeNull();
    expect(parseTime('10:05 GMT, 5 March 2024', 'en')).toMatchObject({ offsetMinutes: 0 });
  });

  it.each([
    ['en', '2:05 PM March 5, 2024'],
    ['en', 'March 5, 2024, 11:30 p.m.'],
    ['en', '14:05 EST, March 5, 2024'],
    ['ru', '14:05 МСК 5 марта 2024'],
    ['zh', '2024年3月5日 下午2:05'],
    ['ja', '2024年3月5日 午後2:05'],
    ['en', '14:05 March 2024'],
  ])('reads no time beside a half of the day or a zone that it does not know: %s, %s', (language, text) => {
    expect(parseTime(text, language)).toBeNull();
  });

  it.each([
    '',
    'yesterday, 12:30',
    '2023-13-01T00:00Z',
    '2023-02-30T00:00Z',
    '2023-02-28T24:61Z',
    '20230412',
    '25:00 01.01.2024',
    '2023-04-12T19:40+9900',
    '1e99',
    'NaN',
  ])('takes "%s" for no time', (text) => {
    expect(parseTime(text, 'ru')).toBeNull();
  });
});

describe('instantInZone', () => {
  it('follows summer time and zones that changed', () => {
    expect(new Date(instantInZone(Date.UTC(2024, 6, 1, 12), 'Europe/Paris')).toISOString()).toBe(
      '2024-07-01T10:00:00.000Z',
    );
    expect(new Date(instantInZone(Date.UTC(2024, 0, 1, 12), 'Europe/Paris')).toISOString()).toBe(
      '2024-01-01T11:00:00.000Z',
    );
    expect(new Date(instantInZone(Date.UTC(2013, 0, 1, 12), 'Europe/Moscow')).toISOString()).toBe(
      '2013-01-01T08:00:00.000Z',
    );
    expect(new Date(instantInZone(Date.UTC(2024, 0, 1, 12), 'Asia/Tehran')).toISOString()).toBe(
      '2024-01-01T08:30:00.000Z',
    );
  });
});

describe('the time of publication', () => {
  it('is the earliest of those that are possible, the others being told', () => {
    const result = times([found('20240310T1210+0300'), found('2024-03-10T12:00+0300', 'microdata datePublished')]);
    expect(result).toMatchObject({ published: '2024-03-10T09:00:00Z', source: 'microdata datePublished' });
    expect(result.told.map(({ reason }) => reason)).toEqual(['article:published_time is later']);
  });

  it('without offset takes the offset of a place that shows the same clock face, else the zone of the edition', () => {
    expect(times([found('20240310T1200')]).published).toBe('2024-03-10T09:00:00Z');
    expect(times([found('20240310T1200'), found('2024-03-10T12:00:30+0500', 'json-ld datePublished')]).published).toBe(
      '2024-03-10T07:00:00Z',
    );
  });

  it('keeps the seconds behind a label, and does without them where metadata has none', () => {
    expect(times([found('1710061227', 'a@data-unixtime'), found('12:00 10.03.2024', 'a')]).published).toBe(
      '2024-03-10T09:00:27Z',
    );
  });

  it.each([
    ['in the future of the fetch', '20240402T1200+0300', { fetchedAt: '2024-03-11T00:00:00Z' }],
    ['after the day of the address', '20240320T1200+0300', {}],
    ['long before the day of the address, one place alone', '20140310T1200+0300', {}],
    ['before the agency', '19700101T0000+0000', {}],
    ['on a day that does not exist', '20240231T1200+0300', {}],
  ])('is refused and told where it lies %s', (_, value, more) => {
    const result = times([found(value)], [], more);
    expect(result.published).toBeNull();
    expect(result.told).toHaveLength(1);
  });

  it('may lie long before the URL where two places say so: an article issued again', () => {
    const result = times([found('20190310T1200+0300'), found('2019-03-10T12:00+0300', 'microdata datePublished')]);
    expect(result.published).toBe('2019-03-10T09:00:00Z');
  });

  it('may lie after the URL where the page calls itself by a newer one', () => {
    const result = times([found('20240320T1200+0300')], [], { canonical: 'https://ria.ru/20240320/x-1900000001.html' });
    expect(result.published).toBe('2024-03-20T09:00:00Z');
  });
});

describe('the time of modification', () => {
  it('is the newest that is possible', () => {
    const result = times(
      [found('20240310T1200+0300')],
      [found('2024-03-10T12:30+0300', 'microdata dateModified'), found('13:05 10.03.2024', '.x')],
    );
    expect(result.modified).toBe('2024-03-10T10:05:00Z');
  });

  it('is null where it lies before the publication or after the fetch', () => {
    const published = [found('20240310T1200+0300')];
    expect(times(published, [found('2024-03-09T12:00+0300')]).modified).toBeNull();
    expect(times(published, [found('2030-03-09T12:00+0300')]).modified).toBeNull();
  });
});
