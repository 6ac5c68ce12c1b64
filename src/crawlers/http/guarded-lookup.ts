import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { ADDRESS_FORBIDDEN_CODE } from './fetch-fault.js';
import type { NetworkGuard } from './network-guard.js';

/** The part of `dns.lookup` that is used; tests pass their own. */
export type ResolveAll = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A DNS lookup that hands the socket only addresses the guard allows. The socket connects to what is returned here,
 * so a name whose answer changes between the check and the connection gains nothing.
 *
 * One forbidden address among several refuses the name: an honest site has none.
 */
export function createGuardedLookup(guard: NetworkGuard, resolveAll: ResolveAll = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolveAll(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const forbidden = addresses.find(({ address }) => !guard.mayConnect(hostname, address));
      if (forbidden !== undefined) callback(forbiddenError(hostname, forbidden.address), '');
      else if (options.all === true) callback(null, addresses);
      else if (addresses[0] === undefined) callback(noAddressError(hostname), '');
      else callback(null, addresses[0].address, addresses[0].family);
    });
  };
}

function forbiddenError(hostname: string, address: string): NodeJS.ErrnoException {
  const error = new Error(`${hostname} resolves to ${address}, which is not a public address`);
  return Object.assign(error, { code: ADDRESS_FORBIDDEN_CODE });
}

function noAddressError(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' });
}
