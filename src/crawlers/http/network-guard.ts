import { isIP } from 'node:net';
import type { Edition } from '../../domain/edition.js';
import { PermanentError } from '../../domain/errors.js';
import { toFetchUrl } from '../../sputnik/urls/site-urls.js';
import { isPublicAddress } from './public-address.js';

/** Where a real address is asked for. */
export interface Endpoint {
  /** Edition id. */
  readonly edition: string;
  /** The real https address. */
  readonly realUrl: string;
  /** The address that goes over the wire: the same, or on the edition's `fetchFrom`. */
  readonly networkUrl: URL;
}

/**
 * The only hosts that are ever contacted are those the configuration names (decision 12). Pure rules, asked on the
 * address, on every redirect, on every request of the browser, and after DNS.
 */
export interface NetworkGuard {
  /**
   * @param editionId  Edition whose address it is.
   * @param realUrl    Real https address; one on an earlier host of the edition is asked for on today's.
   * @returns          Where to ask, or null where that would be no configured host.
   */
  endpointOf(editionId: string, realUrl: string): Endpoint | null;
  /**
   * @param from      The endpoint that answered with a redirect.
   * @param location  Its `Location`, absolute or relative.
   * @returns         The next endpoint, or null where it is no configured host, or another port than the configured origin.
   */
  follow(from: Endpoint, location: string): Endpoint | null;
  /** Whether this very address may go over the wire. */
  mayContact(networkUrl: URL): boolean;
  /** Whether a connection to `hostname` may go to the IP address that DNS gave for it. */
  mayConnect(hostname: string, address: string): boolean;
}

/** What the configuration names, looked up by each of its spellings. */
interface ConfiguredHosts {
  readonly byId: ReadonlyMap<string, Edition>;
  readonly byHost: ReadonlyMap<string, Edition>;
  /** Origin of `fetchFrom` → the first edition that is fetched there. */
  readonly byMirror: ReadonlyMap<string, Edition>;
  readonly mirrorHostnames: ReadonlySet<string>;
  /** Every origin that may be contacted. */
  readonly origins: ReadonlySet<string>;
}

/** @param editions  Every edition that may be contacted in this run. */
export function createNetworkGuard(editions: readonly Edition[]): NetworkGuard {
  const hosts = configuredHosts(editions);

  function mayContact(url: URL): boolean {
    if (url.username !== '' || url.password !== '' || !hosts.origins.has(url.origin)) return false;
    return !isIpHost(url.hostname) || mayConnect(url.hostname, url.hostname);
  }

  function mayConnect(hostname: string, address: string): boolean {
    return hosts.mirrorHostnames.has(hostname) || isPublicAddress(address);
  }

  function endpointIn(edition: Edition | undefined, realUrl: string): Endpoint | null {
    const fetchUrl = edition === undefined ? null : fetchUrlOrNull(edition, realUrl);
    if (edition === undefined || fetchUrl === null) return null;
    const networkUrl = new URL(fetchUrl);
    if (!mayContact(networkUrl)) return null;
    const asked = new URL(realUrl).hostname;
    const host = edition.hosts.includes(asked) ? asked : edition.id;
    return { edition: edition.id, realUrl: `https://${host}${networkUrl.pathname}${networkUrl.search}`, networkUrl };
  }

  return {
    endpointOf: (editionId, realUrl) => endpointIn(hosts.byId.get(editionId), realUrl),
    follow(from, location) {
      if (!URL.canParse(location, from.networkUrl.href)) return null;
      const url = new URL(location, from.networkUrl.href);
      if (url.username !== '' || url.password !== '') return null;
      const path = url.pathname + url.search;
      if (url.origin === from.networkUrl.origin) {
        return endpointIn(hosts.byId.get(from.edition), `https://${new URL(from.realUrl).hostname}${path}`);
      }
      if (isPlainWeb(url)) return endpointIn(hosts.byHost.get(url.hostname), `https://${url.hostname}${path}`);
      const mirrored = hosts.byMirror.get(url.origin);
      return endpointIn(mirrored, `https://${mirrored?.id ?? ''}${path}`);
    },
    mayContact,
    mayConnect,
  };
}

function configuredHosts(editions: readonly Edition[]): ConfiguredHosts {
  const byHost = new Map<string, Edition>();
  const byMirror = new Map<string, Edition>();
  const mirrorHostnames = new Set<string>();
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
  return {
    byId: new Map(editions.map((edition) => [edition.id, edition])),
    byHost,
    byMirror,
    mirrorHostnames,
    origins,
  };
}

/** Null instead of `address.forbidden`: here an address that is not the edition's is an answer, not an error. */
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
