import { afterEach, expect, it } from 'vitest';
import { logConsole, openLogger, silentLogger, type LogFields } from '../../../src/platform/logger.js';

const { warn, error } = console;
afterEach(() => {
  Object.assign(console, { warn, error });
});

it('what libraries say on the console becomes lines of the log, each text once', () => {
  const told: (readonly [string, LogFields])[] = [];
  logConsole({
    ...silentLogger,
    warn: (fields) => told.push(['warn', fields]),
    error: (fields) => told.push(['error', fields]),
  });
  for (let times = 0; times < 12; times += 1) console.warn('policy is %s', 'allkeys-lru');
  console.error(new Error('away'));
  expect(told).toEqual([
    ['warn', { event: 'library.said', reason: 'policy is allkeys-lru' }],
    ['error', { event: 'library.said', reason: expect.stringContaining('Error: away') as string }],
  ]);
});

it('a library that says something else every time is told of a hundred times', () => {
  let told = 0;
  logConsole({ ...silentLogger, warn: () => (told += 1) });
  for (let times = 0; times < 1_000; times += 1) console.warn(`retry ${times}`);
  expect(told).toBe(100);
});

it('a terminal obeys nothing of what a page or an error says', async () => {
  const written: string[] = [];
  const log = await openLogger('info', { colour: false, write: (text) => written.push(text) });
  const odd = 'a\u001b[31mb\u009b31mc\u202Ed\u007fe\u0007\u2028f';
  log.error({ reason: odd, err: Object.assign(new Error(odd), { code: odd }), [odd]: odd }, odd);
  expect(written.join('')).toContain('b\ufffd31mc\ufffdd\ufffde');
  expect(written.join('')).not.toMatch(/[^\P{Cc}\n]|[\u2028\u202e]/u);
});
