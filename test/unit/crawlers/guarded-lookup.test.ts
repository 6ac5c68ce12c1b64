import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { ADDRESS_FORBIDDEN_CODE } from '../../../src/crawlers/http/fetch-fault.js';
import { createGuardedLookup, type ResolveAll } from '../../../src/crawlers/http/network-guard.js';
import { NetworkGuard } from '../../../src/crawlers/http/network-guard.js';
import { edition } from './crawl-setup.js';

const HOST = 'sputniknews.cn';
const PUBLIC = { address: '93.184.216.34', family: 4 };
const guard = new NetworkGuard([edition(HOST, null)]);

type Found = { readonly code: string } | { readonly addresses: readonly LookupAddress[] };

/** A lookup whose resolver gives these answers one after the other. */
function lookupOf(...answers: LookupAddress[][]): { ask: (all: boolean) => Promise<Found>; resolved: () => number } {
  let resolved = 0;
  const resolveAll: ResolveAll = (_host, _options, callback) => {
    callback(null, answers[resolved++] ?? []);
  };
  const lookup = createGuardedLookup(guard, resolveAll);
  const ask = (all: boolean): Promise<Found> =>
    new Promise((resolve) => {
      lookup(HOST, { all }, (error, address, family) => {
        if (error !== null) resolve({ code: error.code ?? '' });
        else resolve({ addresses: typeof address === 'string' ? [{ address, family: family ?? 0 }] : address });
      });
    });
  return { ask, resolved: () => resolved };
}

describe('a guarded lookup', () => {
  it.each([true, false])('hands on the very answer that was judged, asked for once (all: %s)', async (all) => {
    const { ask, resolved } = lookupOf([PUBLIC], [{ address: '127.0.0.1', family: 4 }]);
    expect(await ask(all)).toEqual({ addresses: [PUBLIC] });
    expect(resolved()).toBe(1);
  });

  it.each(['127.0.0.1', '10.0.0.8', '169.254.169.254', '::1', 'fe80::1', '::ffff:192.168.1.1'])(
    'refuses a name whose answer changed to %s',
    async (address) => {
      const { ask } = lookupOf([PUBLIC], [{ address, family: address.includes(':') ? 6 : 4 }]);
      expect(await ask(true)).toEqual({ addresses: [PUBLIC] });
      expect(await ask(true)).toEqual({ code: ADDRESS_FORBIDDEN_CODE });
    },
  );

  it('refuses a private address behind a public one, also where only the first would be used', async () => {
    const { ask } = lookupOf([PUBLIC, { address: '10.0.0.8', family: 4 }]);
    expect(await ask(false)).toEqual({ code: ADDRESS_FORBIDDEN_CODE });
  });

  it('names a name without addresses', async () => {
    expect(await lookupOf([]).ask(false)).toEqual({ code: 'ENOTFOUND' });
  });
});
