import { afterEach, describe, expect, it, vi } from 'vitest';
import { Steps } from '../../../src/app/notify/steps.js';
import { makeDueMessages, type WatchDependencies } from '../../../src/app/notify/watch-events.js';
import type { Trouble } from '../../../src/notify/outbox/read-notify.js';
import { silentLogger } from '../../../src/platform/logger.js';
import { RULE } from '../notify/sample-notices.js';

const runtime = { log: silentLogger, clock: { now: () => Date.parse('2026-11-25T10:00:00Z') } };

afterEach(() => {
  vi.useRealTimers();
});

describe('the steps of telling people', () => {
  it('go on where one fails, which is told until it is well', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const told: (readonly Trouble[])[] = [];
    const steps = new Steps(runtime, (troubles) => told.push(troubles));
    const done: string[] = [];
    let isBroken = true;
    const round = async (): Promise<void> => {
      await steps.take('events', () => {
        if (isBroken) throw new Error('disk I/O error');
        done.push('events');
      });
      await steps.take('queue', () => {
        done.push('queue');
      });
    };
    await round();
    await round();
    expect(done).toEqual(['queue', 'queue']);
    expect(told).toEqual([[], [{ step: 'events', since: '2026-11-25T10:00:00Z', reason: 'disk I/O error' }]]);
    isBroken = false;
    await vi.advanceTimersByTimeAsync(10_000);
    await round();
    expect(done).toEqual(['queue', 'queue', 'events', 'queue']);
    expect(told.at(-1)).toEqual([]);
  });

  it('are due again after their time, and at once where they failed', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const told: (readonly Trouble[])[] = [];
    const steps = new Steps(runtime, (troubles) => told.push(troubles));
    let tries = 0;
    const take = (everyMs = 60_000) =>
      steps.take(
        'standing',
        () => {
          tries += 1;
          if (tries <= 2) throw new Error('disk I/O error');
        },
        everyMs,
      );
    await take();
    await vi.advanceTimersByTimeAsync(10_000);
    await take();
    expect([tries, told.at(-1)?.length]).toEqual([2, 1]);
    await vi.advanceTimersByTimeAsync(10_000);
    await take();
    expect([tries, told.at(-1)?.length]).toEqual([3, 0]);
    await vi.advanceTimersByTimeAsync(59_999);
    await take();
    expect(tries).toBe(3);
    await take(0);
    expect(tries).toBe(4);
    await vi.advanceTimersByTimeAsync(60_000);
    await take();
    expect(tries).toBe(5);
  });

  it('go on where not even the trouble can be noted', async () => {
    const steps = new Steps(runtime, () => {
      throw new Error('no disk');
    });
    await steps.take('events', () => Promise.reject(new Error('no disk')));
    let isDone = false;
    await steps.take('queue', () => {
      isDone = true;
    });
    expect(isDone).toBe(true);
  });

  it('make the messages of all rules, though those of one cannot be made', () => {
    const made: string[] = [];
    const outbox = {
      makeMessages: ({ name }: { readonly name: string }): number => {
        if (name === 'first') throw new Error('no such zone');
        made.push(name);
        return 1;
      },
    };
    const rules = ['first', 'second', 'third'].map((name) => ({ ...RULE, name }));
    const deps = { outbox, rules, now: () => 0 } as unknown as WatchDependencies;
    expect(() => {
      makeDueMessages(deps, () => made.push('made'));
    }).toThrow('rule first: Error: no such zone');
    expect(made).toEqual(['second', 'made', 'third', 'made']);
  });
});
