import { describe, expect, it } from 'vitest';
import { HostHealth } from '../../../src/crawlers/http/fetch-fault.js';

describe('host health', () => {
  it('gives a host up only after many pages in a row have failed and nothing came for a while', () => {
    const time = { nowMs: 0 };
    const health = new HostHealth(() => time.nowMs);
    health.answered('a');
    for (let page = 0; page < 20; page += 1) expect(health.failed('a', 'timeout')).toBe(false);
    time.nowMs = 30_000;
    expect(health.failed('a', 'timeout')).toBe(true);
    expect(health.refusalOf('a')).toMatchObject({ reason: 'timeout', retryable: false });
    expect(health.refusalOf('b')).toBeNull();
  });

  it('keeps a host whose healthy pages are answered between the broken ones', () => {
    const time = { nowMs: 0 };
    const health = new HostHealth(() => time.nowMs);
    for (let page = 0; page < 100; page += 1) {
      time.nowMs += 30_000;
      expect(health.failed('a', 'reset')).toBe(false);
      if (page % 5 === 4) health.answered('a');
    }
  });

  it('does not blame a host for what only a page is to blame for', () => {
    const time = { nowMs: 0 };
    const health = new HostHealth(() => time.nowMs);
    for (let page = 0; page < 100; page += 1) {
      time.nowMs += 30_000;
      expect(health.failed('a', 'tooLarge')).toBe(false);
    }
  });
});
