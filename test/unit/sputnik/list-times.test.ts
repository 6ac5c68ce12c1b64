import { describe, expect, it } from 'vitest';
import { readFeedDate, readIsoInstant, readUnixTime } from '../../../src/sputnik/site-time.js';

describe('times of lists', () => {
  it.each([
    ['Fri, 26 Apr 2019 01:34:00 +0800', '2019-04-25T17:34:00Z'],
    ['26 Apr 2019 01:34 +0800', '2019-04-25T17:34:00Z'],
    ['Fri, 6 Apr 2019 01:34:00 GMT', '2019-04-06T01:34:00Z'],
    ['Friday, 26 April 2019 01:34:00 -04:30', '2019-04-26T06:04:00Z'],
    [' Fri, 26 Apr 2019 01:34:59 Z\n', '2019-04-26T01:34:59Z'],
    ['2019-04-26T01:34:00+08:00', '2019-04-25T17:34:00Z'],
  ])('read %s as %s', (text, expected) => {
    expect(readFeedDate(text)).toBe(expected);
  });

  it.each([
    ['2023-04-12T19:40:00+08:00', '2023-04-12T11:40:00Z'],
    ['2023-04-12T19:40+0800', '2023-04-12T11:40:00Z'],
    ['2023-04-12T11:40:00.123Z', '2023-04-12T11:40:00Z'],
    ['20240229', null],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['2023-02-29', null],
    ['2023-04-12T24:00:00Z', null],
    ['2023-04-12T11:60:00Z', null],
    ['2023-04-12T11:40:00', null],
    ['2023-04-12T11:40:00+25:00', null],
    ['1989-12-31T00:00:00Z', null],
    ['2100-01-01T00:00:00Z', null],
    ['yesterday', null],
    ['', null],
  ])('read %s as %s', (text, expected) => {
    expect(readIsoInstant(text)).toBe(expected);
  });

  it('guess no offset', () => {
    expect(readFeedDate('Fri, 26 Apr 2019 01:34:00')).toBeNull();
    expect(readFeedDate('Fri, 26 Apr 2019 01:34:00 EST')).toBeNull();
    expect(readFeedDate('Fri, 31 Apr 2019 01:34:00 GMT')).toBeNull();
    expect(readFeedDate('Fri, 26 Foo 2019 01:34:00 GMT')).toBeNull();
  });

  it('read seconds since the epoch', () => {
    expect(readUnixTime('1681299600')).toBe('2023-04-12T11:40:00Z');
    for (const text of ['', 'NaN', '-5', '1681299600000', '1e9', '0', '99999999999'])
      expect(readUnixTime(text)).toBeNull();
  });
});
