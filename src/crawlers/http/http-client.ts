import { isUtf8 } from 'node:buffer';
import type { LookupFunction } from 'node:net';
import { Agent, ProxyAgent, type Dispatcher } from 'undici';

/** One answer to one HTTP request; redirects are answers. */
export interface HttpAnswer {
  readonly status: number;
  readonly statusText: string;
  /** As received, order and repeats kept. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** As received, still in its content encoding. */
  readonly body: Buffer;
}

interface HttpClientOptions {
  /** Gives the socket its IP address: see `createGuardedLookup`. */
  readonly lookup: LookupFunction;
  readonly connectionsPerHost: number;
  readonly timeoutMs: number;
  /** Proxies used in turn; empty: none. A proxy resolves names itself, so after-DNS rules are its own. */
  readonly proxyUrls: readonly string[];
}

/** The largest header block; Node's own limit. */
const HEADER_BYTES_MAX = 16_384;
const KEEP_ALIVE_MS = 10_000;

/** Sends single HTTP requests over kept-alive connections; never follows, never retries, never decodes. */
export class HttpClient {
  readonly #dispatchers: readonly Dispatcher[];
  #turn = 0;

  constructor(options: HttpClientOptions) {
    this.#dispatchers = createDispatchers(options);
  }

  /**
   * Sends one request and collects the whole answer.
   *
   * @param url       URL that the guard allows.
   * @param headers   Request headers.
   * @param bytesMax  Most bytes of a body as received; acts on each chunk.
   * @param signal    Ends the exchange, body included.
   * @throws          The client's own network errors; see `faultOfError`.
   */
  get(url: URL, headers: Record<string, string>, bytesMax: number, signal: AbortSignal): Promise<HttpAnswer> {
    const dispatcher = this.#dispatchers[this.#turn++ % this.#dispatchers.length];
    if (dispatcher === undefined) throw new Error('no dispatcher');
    return new Promise((resolve, reject) => {
      const collector = new AnswerCollector(bytesMax, signal, resolve, reject);
      dispatcher.dispatch({ origin: url.origin, path: url.pathname + url.search, method: 'GET', headers }, collector);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#dispatchers.map((dispatcher) => dispatcher.destroy()));
  }
}

function createDispatchers({ lookup, timeoutMs, connectionsPerHost, proxyUrls }: HttpClientOptions): Dispatcher[] {
  const shared = {
    connections: connectionsPerHost,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  };
  if (proxyUrls.length > 0)
    return proxyUrls.map((uri) => new ProxyAgent({ ...shared, uri, connectTimeout: timeoutMs }));
  return [new Agent({ ...shared, connect: { lookup, timeout: timeoutMs } })];
}

/** Smaller chunks are gathered: as buffers of their own, five megabytes in single bytes would be half a gigabyte. */
const OWN_CHUNK_BYTES_MIN = 4_096;
const GATHERED_CHUNKS_MAX = 1_024;

/** Hears one exchange. An abort before the request was sent rejects at once, and stops the request as soon as it starts. */
class AnswerCollector implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #gathered: Buffer[] = [];
  #bytes = 0;
  #head: Omit<HttpAnswer, 'body'> | null = null;
  #controller: Dispatcher.DispatchController | null = null;

  constructor(
    readonly bytesMax: number,
    readonly signal: AbortSignal,
    readonly resolve: (answer: HttpAnswer) => void,
    readonly reject: (error: Error) => void,
  ) {
    signal.addEventListener('abort', this.#stop, { once: true });
  }

  readonly #stop = (): void => {
    const reason = this.signal.reason instanceof Error ? this.signal.reason : new Error('stopped');
    this.#controller?.abort(reason);
    this.reject(reason);
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.signal.aborted) this.#stop();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
    statusText = '',
  ): void {
    if (Number(headers['content-length'] ?? 0) > this.bytesMax) controller.abort(tooLarge(this.bytesMax));
    this.#head = { status, statusText, headers: rawPairs(controller.rawHeaders) };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.bytesMax) controller.abort(tooLarge(this.bytesMax));
    else if (chunk.length < OWN_CHUNK_BYTES_MIN) {
      // Copied: a chunk is a slice of what the socket read at once, and would keep all of that.
      if (this.#gathered.push(Buffer.from(chunk)) === GATHERED_CHUNKS_MAX) this.#flush();
    } else {
      this.#flush();
      this.#chunks.push(chunk);
    }
  }

  #flush(): void {
    if (this.#gathered.length > 0) this.#chunks.push(Buffer.concat(this.#gathered));
    this.#gathered = [];
  }

  onResponseEnd(): void {
    this.signal.removeEventListener('abort', this.#stop);
    this.#flush();
    if (this.#head === null) this.reject(new Error('the answer has no head'));
    else this.resolve({ ...this.#head, body: Buffer.concat(this.#chunks, this.#bytes) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.signal.removeEventListener('abort', this.#stop);
    this.reject(error);
  }
}

function rawPairs(raw: Dispatcher.DispatchController['rawHeaders']): [name: string, value: string][] {
  if (!Array.isArray(raw)) return [];
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    pairs.push([headerText(raw[index]), headerText(raw[index + 1])]);
  }
  return pairs;
}

/** As browsers read header bytes: UTF-8 where they are that, else Latin-1 (RFC 9110, §5.5), which loses nothing. */
function headerText(value: Buffer | string | undefined): string {
  if (typeof value === 'string') return value;
  return value?.toString(isUtf8(value) ? 'utf8' : 'latin1') ?? '';
}

function tooLarge(bytesMax: number): Error {
  return Object.assign(new Error(`more than ${bytesMax} bytes`), { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' });
}
