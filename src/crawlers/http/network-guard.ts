import { isIP, BlockList, isIPv4, isIPv6, type LookupFunction } from 'node:net';
import type { Edition } from '../../domain/edition.js';
import { PermanentError } from '../../domain/errors.js';
import { toFetchUrl } from '../../sputnik/urls/site-urls.js';
import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { ADDRESS_FORBIDDEN_CODE } from './fetch-fault.js';

/** Where a real URL is asked for. */
export interface Endpoint {
  readonly edition: string;
  readonly realUrl: string;
  /** The URL that goes over the wire: the same, or on the edition's `fetchFrom`. */
  readonly networkUrl: URL;
}

/**
 * Only hosts that the configuration names are ever contacted. Pure rules, applied to the URL, to every redirect, to every request of the
 * browser, and to what DNS answers.
 */
export class NetworkGuard {
  readonly #hosts: ReturnType<typeof configuredHosts>;

  /** @param editions  Every edition that may be contacted in this run. */
  constructor(editions: readonly Edition[]) {
    this.#hosts = configuredHosts(editions);
  }

  /**
   * @param editionId  Edition whose URL it is.
   * @param realUrl    Real https URL; one on an earlier host of the edition is asked for on today's.
   * @returns          Where to ask, or null where that would be no configured host.
   */
  endpointOf(editionId: string, realUrl: string): Endpoint | null {
    return this.#endpointIn(this.#hosts.byId.get(editionId), realUrl);
  }

  /**
   * @param from      The endpoint that answered with a redirect.
   * @param location  Its `Location`, absolute or relative.
   * @returns         The next endpoint, or null where it is no configured host, or another port than the configured origin.
   */
  follow(from: Endpoint, location: string): Endpoint | null {
    if (!URL.canParse(location, from.networkUrl.href)) return null;
    const url = new URL(location, from.networkUrl.href);
    if (url.username !== '' || url.password !== '') return null;
    const path = url.pathname + url.search;
    const { byId, byHost, byMirror } = this.#hosts;
    if (url.origin === from.networkUrl.origin) {
      return this.#endpointIn(byId.get(from.edition), `https://${new URL(from.realUrl).hostname}${path}`);
    }
    if (isPlainWeb(url)) return this.#endpointIn(byHost.get(url.hostname), `https://${url.hostname}${path}`);
    const mirrored = byMirror.get(url.origin);
    return this.#endpointIn(mirrored, `https://${mirrored?.id ?? ''}${path}`);
  }

  /** Whether this very URL may go over the wire. */
  mayContact(url: URL): boolean {
    if (url.username !== '' || url.password !== '' || !this.#hosts.origins.has(url.origin)) return false;
    return !isIpHost(url.hostname) || this.mayConnect(url.hostname, url.hostname);
  }

  /** Whether a connection to `hostname` may go to the IP address that DNS gave for it. */
  mayConnect(hostname: string, address: string): boolean {
    return this.#hosts.mirrorHostnames.has(hostname) || isPublicAddress(address);
  }

  #endpointIn(edition: Edition | undefined, realUrl: string): Endpoint | null {
    const fetchUrl = edition === undefined ? null : fetchUrlOrNull(edition, realUrl);
    if (edition === undefined || fetchUrl === null) return null;
    const networkUrl = new URL(fetchUrl);
    if (!this.mayContact(networkUrl)) return null;
    const asked = new URL(realUrl).hostname;
    const host = edition.hosts.includes(asked) ? asked : edition.id;
    return { edition: edition.id, realUrl: `https://${host}${networkUrl.pathname}${networkUrl.search}`, networkUrl };
  }
}

/** What the configuration names, looked up by each of its spellings. */
function configuredHosts(editions: readonly Edition[]) {
  const byId = new Map(editions.map((edition) => [edition.id, edition]));
  const byHost = new Map<string, Edition>();
  /** Origin of `fetchFrom` → the first edition that is fetched there. */
  const byMirror = new Map<string, Edition>();
  const mirrorHostnames = new Set<string>();
  /** Every origin that may be contacted. */
  const origins = new Set<string>();
  for (const edition of editions) {
    for (const host of new Set([edition.id, ...edition.hosts])) {
      byHost.set(host, edition);
      if (edition.fetchFrom === null) origins.add(`https://${host}`);
    }
    if (edition.fetchFrom === null) continue;
    const mirror = new URL(edition.fetchFrom);
    origins.add(mirror.origin);
    mirrorHostnames.add(mirror.hostname);
    if (!byMirror.has(mirror.origin)) byMirror.set(mirror.origin, edition);
  }
  return { byId, byHost, byMirror, mirrorHostnames, origins };
}

/** Null instead of `address.forbidden`: here a URL that is not the edition's is an answer, not an error. */
function fetchUrlOrNull(edition: Edition, realUrl: string): string | null {
  try {
    return toFetchUrl(edition, realUrl);
  } catch (error) {
    if (error instanceof PermanentError) return null;
    throw error;
  }
}

/** http or https on its default port; http on a configured host is asked as https. */
function isPlainWeb(url: URL): boolean {
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.port === '';
}

function isIpHost(hostname: string): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}

/**
 * Ranges that are not the public internet (IANA special-purpose registries, RFC 6890 and its successors).
 * IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4, Teredo, compatible) are refused as a whole, save the mapped
 * form, which is judged by the IPv4 address inside.
 */
const IPV4_RANGES = `
  0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
  192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4
  240.0.0.0/4`;
const IPV6_RANGES = `
  ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16
  fc00::/7 fe80::/10 fec0::/10 ff00::/8`;

const refused = new BlockList();
for (const range of IPV4_RANGES.trim().split(/\s+/)) refuse(range, 'ipv4');
for (const range of IPV6_RANGES.trim().split(/\s+/)) refuse(range, 'ipv6');

function refuse(range: string, family: 'ipv4' | 'ipv6'): void {
  const [network = '', prefixBits] = range.split('/');
  refused.addSubnet(network, Number(prefixBits), family);
}

/**
 * Tells whether an IP address belongs to the public internet.
 *
 * @param address  IPv4 or IPv6 in text, zone suffix (`%eth0`) and brackets allowed.
 * @returns        False for loopback, private, link-local, CGNAT, multicast, documentation, reserved and
 *                 tunnelled ranges, and for anything that is no IP address.
 *
 * Pure. Errs towards refusing.
 */
export function isPublicAddress(address: string): boolean {
  const [plain = ''] = address.replace(/^\[|\]$/g, '').split('%', 1);
  if (isIPv4(plain)) return !refused.check(plain, 'ipv4');
  if (!isIPv6(plain)) return false;
  const mapped = mappedIpv4(plain);
  return mapped === null ? !refused.check(plain, 'ipv6') : !refused.check(mapped, 'ipv4');
}

/** The IPv4 address inside `::ffff:a.b.c.d`, however it is spelled, or null. */
function mappedIpv4(address: string): string | null {
  const canonical = new URL(`http://[${address}]/`).hostname;
  const match = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(canonical);
  if (match === null) return null;
  const high = Number.parseInt(match[1] ?? '', 16);
  const low = Number.parseInt(match[2] ?? '', 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The part of `dns.lookup` that is used; tests pass their own. */
export type ResolveAll = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A DNS lookup that gives the socket only addresses that the guard allows. The socket connects to the returned address,
 * so a name whose answer changes between the check and the connection gains nothing. If one of several addresses is
 * forbidden, the name is refused, because an honest site has none.
 */
export function createGuardedLookup(
  guard: Pick<NetworkGuard, 'mayConnect'>,
  resolveAll: ResolveAll = systemLookup,
): LookupFunction {
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
