import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HttpClient } from '../../../src/crawlers/http/http-client.js';
import { createGuardedLookup, NetworkGuard } from '../../../src/crawlers/http/network-guard.js';
import { edition } from './crawl-setup.js';

const CHUNKS = 1_200_000;

describe('a body that comes in chunks of a byte', () => {
  it('is put together in the memory of its bytes', { timeout: 60_000 }, async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n');
        socket.write(
          `${'b'.repeat(4_096)}\r\n${'1\r\na\r\n'.repeat(CHUNKS)}5000\r\n${'c'.repeat(20_480)}\r\n0\r\n\r\n`,
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const lookup = createGuardedLookup(new NetworkGuard([edition('sputnik.az', origin)]));
    const client = new HttpClient({ lookup, connectionsPerHost: 1, timeoutMs: 50_000, proxyUrls: [] });
    const before = process.memoryUsage().heapUsed;
    let peak = before;
    const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().heapUsed)), 5);
    const { body } = await client.get(new URL(origin), {}, 5_000_000, AbortSignal.timeout(50_000));
    clearInterval(timer);
    expect(body.toString()).toBe('b'.repeat(4_096) + 'a'.repeat(CHUNKS) + 'c'.repeat(20_480));
    // A buffer each would be 140 MB; what the parser makes of each chunk is gone at the next collection.
    expect(Math.max(peak, process.memoryUsage().heapUsed) - before).toBeLessThan(80_000_000);
    await client.close();
    server.close();
  });
});
