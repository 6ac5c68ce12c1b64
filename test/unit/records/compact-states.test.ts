import { describe, expect, it } from 'vitest';
import { compactStates, EARLIER_STATES_MAX, NEWEST_STATES_MAX } from '../../../src/records/record-histories.js';
import { seededRandom } from '../../faults/random.js';

interface State {
  readonly number: number;
  readonly title: string;
  readonly lead: null;
  readonly body: readonly { readonly text: string }[];
}

const state = (number: number, text: string): State => ({ number, title: 'Title', lead: null, body: [{ text }] });
const numbersOf = (states: readonly State[]): number[] => states.map(({ number }) => number);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

describe('the earlier states of a page', () => {
  it('are all kept while they are few', () => {
    const states = range(0, NEWEST_STATES_MAX).map((number) => state(number, `Seen ${number} times`));
    expect(compactStates(states)).toEqual(states);
  });

  it('are the first and the newest where nothing but numbers changes', () => {
    const states = range(0, 1_000).map((number) => state(number, `Seen ${number} times at 12:${number % 60}`));
    expect(numbersOf(compactStates(states))).toEqual([0, ...range(1_000 - NEWEST_STATES_MAX, 1_000)]);
  });

  it('keep what changed more than numbers, wherever it stands', () => {
    const substantive = new Map([
      [100, 'The bridge is closed'],
      [400, 'The bridge is open'],
    ]);
    let text = 'Seen';
    const states = range(0, 600).map((number) => {
      text = substantive.get(number) ?? text;
      return state(number, `${text}, ${number} views`);
    });
    expect(numbersOf(compactStates(states)).slice(0, 3)).toEqual([0, 100, 400]);
  });

  it('are bounded in number and in characters, whatever changes', () => {
    const words = (number: number): string => `${String.fromCharCode(97 + (number % 26))}${'x'.repeat(number % 97)}`;
    const many = compactStates(range(0, 2_000).map((number) => state(number, words(number))));
    expect(many.length).toBe(1 + EARLIER_STATES_MAX + NEWEST_STATES_MAX);
    const long = compactStates(range(0, 60).map((number) => state(number, words(number).repeat(20_000))));
    expect(JSON.stringify(long).length).toBeLessThan(8_000_000);
    expect([long[0]?.number, long.at(-1)?.number]).toEqual([0, 59]);
  });

  it('are the same whether they came one by one or at once', () => {
    for (const seed of range(1, 3)) {
      const random = seededRandom(seed);
      const states = range(0, 160).map((number) => {
        const text = random() < 0.3 ? 'abcdefgh'.slice(0, 1 + Math.floor(random() * 8)) : 'counted';
        return state(number, `${text.repeat(random() < 0.05 ? 100_000 : 1)} ${number}`);
      });
      const oneByOne = states.reduce<State[]>((kept, next) => compactStates([...kept, next]), []);
      expect(numbersOf(oneByOne)).toEqual(numbersOf(compactStates(states)));
    }
  });
});
