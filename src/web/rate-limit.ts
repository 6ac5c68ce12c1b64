import { isIPv6 } from 'node:net';
import { MINUTE_MS } from '../domain/units.js';

interface Bucket {
  left: number;
  filledAtMs: number;
}

/** So many clients are remembered; the one that was quiet longest is forgotten first. */
const CLIENTS_MAX = 10_000;
/** Requests that may come at once, as a share of those of a minute. */
const BURST_SHARE = 0.25;

/** Counts what each client asks: a bucket that fills steadily and holds a quarter of a minute's requests. */
export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #perMs: number;
  readonly #size: number;

  constructor(perMinute: number) {
    this.#perMs = perMinute / MINUTE_MS;
    this.#size = Math.max(1, Math.ceil(perMinute * BURST_SHARE));
  }

  /**
   * @param nowMs  Of a clock that never goes back.
   * @param cost   How many requests this one counts for.
   * @returns      0: go on; else how many whole seconds to wait.
   */
  take(client: string, nowMs: number, cost = 1): number {
    const known = this.#buckets.get(client);
    const bucket = known ?? { left: this.#size, filledAtMs: nowMs };
    bucket.left = Math.min(this.#size, bucket.left + (nowMs - bucket.filledAtMs) * this.#perMs);
    bucket.filledAtMs = nowMs;
    // To the end: the first of the map is the one that was quiet longest.
    this.#buckets.delete(client);
    this.#buckets.set(client, bucket);
    if (this.#buckets.size > CLIENTS_MAX) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    if (bucket.left < 1) return Math.max(1, Math.ceil((1 - bucket.left) / this.#perMs / 1000));
    bucket.left -= cost;
    return 0;
  }
}

/** @returns what counts as one client: an IPv4 address, or the network of 64 bits that one subscriber has in IPv6. */
export function clientOf(remoteAddress: string | undefined): string {
  const address = (remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from(
    { length: tail === undefined ? 0 : Math.max(0, 8 - groups.length - rest.length) },
    () => '0',
  );
  return `${[...groups, ...zeros, ...rest].slice(0, 4).join(':')}::/64`;
}
