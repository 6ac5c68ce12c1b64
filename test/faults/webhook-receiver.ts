import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the receiver does with a request. */
export type ReceiverMood = 'take' | 'fail' | 'reset' | 'slow' | 'tooMany' | 'refuse';

interface Delivered {
  readonly key: string;
  readonly body: {
    readonly id: string;
    readonly total: number;
    readonly notices: readonly { readonly id: string; readonly kind: string; readonly summary: string }[];
  };
}

/** A receiver that checks signatures and keeps what it took. */
export interface WebhookReceiver {
  readonly url: string;
  readonly secret: string;
  /** Every request that it answered with 200, repetitions among them. */
  readonly taken: readonly Delivered[];
  /** Requests by what became of them. */
  readonly counts: Readonly<Record<ReceiverMood, number>>;
  /** Requests whose signature was wrong. */
  readonly forged: readonly string[];
  /** Requests that came while it had asked for patience. */
  readonly impatient: number;
  setMood(mood: (request: number) => ReceiverMood): void;
  close(): Promise<void>;
}

const RETRY_AFTER_S = 2;

export async function startReceiver(secret: string): Promise<WebhookReceiver> {
  const taken: Delivered[] = [];
  const forged: string[] = [];
  const counts = { take: 0, fail: 0, reset: 0, slow: 0, tooMany: 0, refuse: 0 };
  let moodOf: (request: number) => ReceiverMood = () => 'take';
  let requests = 0;
  let quietUntil = 0;
  let impatient = 0;
  const answer = (request: IncomingMessage, response: ServerResponse, text: string): void => {
    const mood = moodOf(requests++);
    if (performance.now() < quietUntil) impatient += 1;
    counts[mood] += 1;
    if (mood === 'reset') request.socket.resetAndDestroy();
    else if (mood === 'refuse') response.writeHead(410).end('gone');
    else if (mood === 'fail') response.writeHead(503).end('down');
    else if (mood === 'tooMany') {
      quietUntil = performance.now() + RETRY_AFTER_S * 1_000 - 300;
      response.writeHead(429, { 'retry-after': String(RETRY_AFTER_S) }).end();
    } else if (mood === 'take') {
      const {
        'x-sputnik-timestamp': at = '',
        'x-sputnik-signature': signature = '',
        'idempotency-key': key = '',
      } = request.headers;
      const expected = createHmac('sha256', secret)
        .update(`${String(at)}.${text}`)
        .digest('hex');
      if (signature !== `sha256=${expected}`) forged.push(text);
      taken.push({ key: String(key), body: JSON.parse(text) as Delivered['body'] });
      response.writeHead(200).end('ok');
    }
    // A slow one never answers.
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request, response, Buffer.concat(chunks).toString());
    });
    request.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    ...{ secret, taken, counts, forged },
    get impatient() {
      return impatient;
    },
    setMood: (mood) => {
      moodOf = mood;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
