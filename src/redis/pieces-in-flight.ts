import type { Redis } from 'ioredis';

/**
 * What crawl hosts have put into Redis for the writer, all of them together:
 *
 *     <prefix>:pieces        hash: id → bytes; an id begins with the id of its crawl host and a dot
 *     <prefix>:pieces:bytes  how much that is, each piece with its share of keys and jobs
 *
 * `PIECES_BYTES_MAX` is 48 million, so that with what the server's allocator adds (up to a quarter) Redis holds less than 64 MB of captures.
 */
export const PIECES_BYTES_MAX = 48_000_000;
/** A piece is at most this long: a longer record goes in several. */
export const PIECE_BYTES_MAX = 1_000_000;
/** The field's name, and the job that names it. */
const SHARE_BYTES = 4_000;

const PUT = `
  local pieces, total = KEYS[1], KEYS[2]
  local id, bytes, share, max, hosts = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
  if redis.call('HEXISTS', pieces, id) == 1 then return 1 end
  local own = string.match(id, '^(%x+)%.')
  local used, wanted = tonumber(redis.call('GET', total) or '0'), #bytes + share
  local isFull = used + wanted > max
  for _, other in ipairs(redis.call('HKEYS', pieces)) do
    local host = string.match(other, '^(%x+)%.')
    if host == own or (isFull and (host == nil or redis.call('EXISTS', hosts .. host) == 0)) then
      used = used - redis.call('HSTRLEN', pieces, other) - share
      redis.call('HDEL', pieces, other)
    end
  end
  redis.call('SET', total, used)
  if used + wanted > max then return 0 end
  redis.call('HSET', pieces, id, bytes)
  redis.call('SET', total, used + wanted)
  return 1`;

const REMOVE = `
  local bytes = redis.call('HSTRLEN', KEYS[1], ARGV[1])
  if redis.call('HDEL', KEYS[1], ARGV[1]) == 1 then redis.call('DECRBY', KEYS[2], bytes + ARGV[2]) end
  return 0`;

/** Pieces of captures in transit through Redis: never more than a fixed number of bytes for all senders together. */
export class PiecesInFlight {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #bytesMax: number;

  constructor(redis: Redis, prefix: string, bytesMax = PIECES_BYTES_MAX) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#bytesMax = bytesMax;
  }

  /**
   * Puts a piece where there is room. Another piece of the same crawl host goes: it is one that a killed process left. What silent
   * crawl hosts left there makes room, since they still hold it themselves.
   *
   * @param id  `<crawl host>.<anything>`; one that is there already stays as it is.
   * @returns   Whether it is there now.
   */
  async put(id: string, bytes: Buffer): Promise<boolean> {
    const answer = await this.#redis.eval(PUT, 2, ...this.#keys, id, bytes, SHARE_BYTES, this.#bytesMax, this.#hosts);
    return answer === 1;
  }

  /** @returns null where it was taken out meanwhile. */
  get(id: string): Promise<Buffer | null> {
    return this.#redis.hgetBuffer(this.#keys[0], id);
  }

  /** Takes a piece out; repeating it does nothing. */
  async remove(id: string): Promise<void> {
    await this.#redis.eval(REMOVE, 2, ...this.#keys, id, SHARE_BYTES);
  }

  get #keys(): [pieces: string, total: string] {
    return [`${this.#prefix}:pieces`, `${this.#prefix}:pieces:bytes`];
  }

  get #hosts(): string {
    return crawlHostKey(this.#prefix, '');
  }
}

/** @returns the key that says that a crawl host lives. */
export function crawlHostKey(prefix: string, crawlHost: string): string {
  return `${prefix}:crawl-host:${crawlHost}`;
}
