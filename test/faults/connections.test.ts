import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { healthRoutes } from '../../src/web/monitoring-routes.js';
import { ask, served } from '../unit/web/ask.js';
import { expectSection } from './fault-table.js';

const health = healthRoutes(() => Promise.resolve({ ready: true, reasons: [], failingPages: [] }));

describe('connections that hold the web server up', () => {
  it.each(['', 'GET /healthz HT'])('300 that have sent "%s": a probe is answered beside them', async (sent) => {
    const origin = await served([health], { token: 'a-token-of-24-characters' });
    let ended = 0;
    const halfOpen = Array.from({ length: 300 }, () => connect(Number(new URL(origin).port), '127.0.0.1'));
    for (const socket of halfOpen) {
      socket.on('error', () => undefined).on('close', () => (ended += 1));
      if (socket.connecting) await once(socket, 'connect');
      socket.write(sent);
    }
    for (let probes = 0; probes < 5; probes += 1) {
      const since = performance.now();
      expect(await ask(`${origin}/healthz`)).toMatchObject({ status: 200 });
      // Some milliseconds, 500 promised; 29 s once. A machine that does much besides is given ten times as long.
      expect(performance.now() - since).toBeLessThan(5_000);
    }
    expect(ended).toBeGreaterThanOrEqual(300 - 256);
    for (const socket of halfOpen) socket.destroy();
  });

  it('headers that come a byte at a time are ended within ten seconds', { timeout: 40_000 }, async () => {
    const socket = connect(Number(new URL(await served([health])).port), '127.0.0.1');
    const since = performance.now();
    socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\nX: ');
    const dripping = setInterval(() => socket.write('x'), 500);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    clearInterval(dripping);
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - since).toBeLessThan(10_000);
    socket.destroy();
  });

  it('comes to what docs/faults.md says', async () => {
    await expectSection({
      title: 'Connections that try to block the web server',
      columns: ['what they do', 'outcome'],
      rows: [
        [
          '300 are opened without a token and send nothing, or half a line',
          '`/healthz` answers within 500 ms; the oldest are ended',
        ],
        ['headers come a byte at a time', 'answered with 408 and ended within 10 s'],
      ],
    });
  });
});
