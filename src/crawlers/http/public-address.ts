import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * Ranges that are not the public internet (IANA special-purpose registries, RFC 6890 and its successors).
 * IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4, Teredo, compatible) are refused as a whole, save the mapped
 * form, which is judged by the IPv4 address inside.
 */
const IPV4_RANGES: readonly (readonly [network: string, prefixBits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const IPV6_RANGES: readonly (readonly [network: string, prefixBits: number])[] = [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const refused = new BlockList();
for (const [network, prefixBits] of IPV4_RANGES) refused.addSubnet(network, prefixBits, 'ipv4');
for (const [network, prefixBits] of IPV6_RANGES) refused.addSubnet(network, prefixBits, 'ipv6');

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
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
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
