import { describe, expect, it } from 'vitest';
import { SharedTurns } from '../../../src/platform/in-turns.js';

/** A crawl that reads pages and keeps its browser until it is told to end it. */
function reader(turns: SharedTurns, running: Set<string>, name: string) {
  let most = 0;
  const end = (): Promise<void> => {
    running.delete(name);
    return Promise.resolve();
  };
  const read = (): Promise<void> =>
    turns.take(end, async () => {
      running.add(name);
      most = Math.max(most, running.size);
      await Promise.resolve();
    });
  return { read, most: () => most };
}

describe('the turns at the browser', () => {
  it('let no second browser run in one process, and keep one while its crawl reads on', async () => {
    const turns = new SharedTurns();
    const running = new Set<string>();
    const [one, two] = ['one', 'two'].map((name) => reader(turns, running, name));
    await Promise.all([one!.read(), two!.read(), one!.read(), one!.read(), two!.read()]);
    expect([one!.most(), two!.most()]).toEqual([1, 1]);
    await Promise.all([two!.read(), two!.read()]);
    expect([...running]).toEqual(['two']);
  });

  it('go on when a turn fails', async () => {
    const turns = new SharedTurns();
    const end = (): Promise<void> => Promise.resolve();
    await expect(turns.take(end, () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    await expect(turns.take(end, () => Promise.resolve('read'))).resolves.toBe('read');
  });
});
