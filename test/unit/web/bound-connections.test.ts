import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { boundConnections } from '../../../src/web/bound-connections.js';

/** More than the system keeps for a reader counts for some fifty milliseconds. */
const BOUNDS = { connectionsMax: 8, patienceMs: 100, bytesPerSecondMin: 100_000_000 };
const LOOK_MS = 10;
const PIECE = Buffer.alloc(65_536, 'x');

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function answerTo(handler: RequestListener): Promise<IncomingMessage> {
  server = createServer(handler);
  boundConnections(server, BOUNDS, LOOK_MS);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const [answer] = (await once(get({ port: (server.address() as AddressInfo).port }), 'response')) as [IncomingMessage];
  return answer.on('error', () => undefined);
}

describe('an answer', () => {
  it('of which its reader takes little is cut off, though he never stops', async () => {
    let isCutOff: Promise<unknown> = Promise.resolve();
    const answer = await answerTo((_request, response) => {
      isCutOff = once(response, 'close');
      const fill = (): void => {
        while (response.write(PIECE));
      };
      response.on('drain', fill);
      fill();
    });
    answer.on('readable', () => undefined);
    const dripping = setInterval(() => answer.read(1_000) as unknown, LOOK_MS);
    await isCutOff;
    clearInterval(dripping);
  });

  it('that has nothing to say for long is not', async () => {
    const answer = await answerTo((_request, response) => {
      void (async () => {
        for (let piece = 0; piece < 3; piece += 1) {
          response.write('piece ');
          await pause(2 * BOUNDS.patienceMs);
        }
        response.end('end');
      })();
    });
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    expect(text).toBe('piece piece piece end');
  });
});
