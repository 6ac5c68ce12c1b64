import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { underAny } from '../../../src/platform/abort-signals.js';

const sources = (): AbortController[] => [new AbortController(), new AbortController(), new AbortController()];
const signalsOf = (all: readonly AbortController[]): AbortSignal[] => all.map(({ signal }) => signal);

describe('work under several signals', () => {
  it.each([0, 1, 2])('is told of the one that is aborted first, number %i, with its reason', async (index) => {
    const all = sources();
    const reason = await underAny(signalsOf(all), (signal) => {
      expect(signal.aborted).toBe(false);
      all[index]?.abort(new Error(`number ${index}`));
      for (const one of all) one.abort(new Error('later'));
      return Promise.resolve(signal.reason as unknown);
    });
    expect(reason).toEqual(new Error(`number ${index}`));
  });

  it('begins aborted where one of them is', async () => {
    const signals = [new AbortController().signal, AbortSignal.abort('over')];
    await expect(underAny(signals, ({ aborted, reason }) => Promise.resolve([aborted, reason]))).resolves.toEqual([
      true,
      'over',
    ]);
  });

  it.each([
    ['ends', () => Promise.resolve()],
    ['fails', () => Promise.reject(new Error('failed'))],
  ])('leaves nobody listening to them when it %s', async (_how, work) => {
    const signals = signalsOf(sources());
    await underAny(signals, work).catch(() => null);
    expect(signals.flatMap((signal) => getEventListeners(signal, 'abort'))).toEqual([]);
  });
});
