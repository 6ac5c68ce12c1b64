import { describe, expect, it } from 'vitest';
import { WorkInHand } from '../../../src/platform/work-in-hand.js';

/** Work that ends when it is told to. */
function manual(): { work: () => Promise<void>; end: (error?: Error) => void } {
  let end: (error?: Error) => void = () => undefined;
  const promise = new Promise<void>((resolve, reject) => {
    end = (error) => {
      if (error === undefined) resolve();
      else reject(error);
    };
  });
  return { work: () => promise, end };
}

/** Whether a promise has resolved by the next turn. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise(setImmediate);
  return done;
}

describe('work in hand', () => {
  it.each([
    ['as many', { countMax: 2, bytesMax: 100 }, 1],
    ['as many bytes', { countMax: 10, bytesMax: 100 }, 50],
  ])('waits for room where %s are under way', async (_what, limits, bytes) => {
    const hand = new WorkInHand(limits);
    const [first, second, third] = [manual(), manual(), manual()];
    await hand.begin(bytes, first.work);
    await hand.begin(bytes, second.work);
    const begun = hand.begin(bytes, third.work);
    expect(await isDone(begun)).toBe(false);
    second.end();
    await begun;
    first.end();
    expect(await isDone(hand.finish())).toBe(false);
    third.end();
    await hand.finish();
  });

  it('lets through alone what is larger than the limit', async () => {
    const hand = new WorkInHand({ countMax: 2, bytesMax: 10 });
    await hand.begin(1_000, () => Promise.resolve());
    await hand.begin(1_000, () => Promise.resolve());
    await hand.finish();
  });

  it('tells the first error to whoever begins the next or finishes, once the others have ended', async () => {
    const hand = new WorkInHand({ countMax: 5, bytesMax: 10 });
    const [bad, good] = [manual(), manual()];
    await hand.begin(1, good.work);
    await hand.begin(1, bad.work);
    bad.end(new Error('full'));
    await new Promise(setImmediate);
    await expect(hand.begin(1, () => Promise.resolve())).rejects.toThrow('full');
    const finished = hand.finish();
    good.end();
    await expect(finished).rejects.toThrow('full');
  });
});
