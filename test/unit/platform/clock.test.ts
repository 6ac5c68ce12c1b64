import { describe, expect, it } from 'vitest';
import { refuseWrongClock } from '../../../src/platform/clock.js';

describe('a clock', () => {
  const at = (instant: string) => () => {
    refuseWrongClock({ now: () => Date.parse(instant) });
  };

  it.each(['1969-03-01T10:00:00Z', '1970-01-01T00:00:00Z', '2014-11-09T23:59:59Z', '2100-01-01T00:00:00Z'])(
    'that cannot be right is refused before anything is stored: %s',
    (instant) => {
      expect(at(instant)).toThrow(expect.objectContaining({ code: 'clock.wrong' }));
      expect(at(instant)).toThrow(`Expected the clock of this machine between 2014 and 2100, found ${instant}`);
    },
  );

  it.each(['2014-11-10T00:00:00Z', '2026-11-26T18:00:00Z', '2099-12-31T23:59:59Z'])('may say %s', (instant) => {
    expect(at(instant)).not.toThrow();
  });
});
