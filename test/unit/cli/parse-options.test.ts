import { describe, expect, it } from 'vitest';
import {
  collectList,
  corpusQuestion,
  parseChoices,
  parseCount,
  parseDayRange,
} from '../../../src/cli/arguments/parse-options.js';
import { loadConfig } from '../../../src/config/load-config.js';

const config = loadConfig({ variables: {} });

describe('options of the command line', () => {
  it('are collected over repeats and commas, blanks left out', () => {
    expect(collectList('a, b,', collectList('c'))).toEqual(['c', 'a', 'b']);
  });

  it.each(['', ' ', ',,'])('name something: %j, as of a variable that is not set, is refused', (text) => {
    expect(() => collectList(text)).toThrow(expect.objectContaining({ code: 'commander.invalidArgument' }));
  });

  it('are counts of at least one', () => {
    expect(parseCount('12', '--limit')).toBe(12);
    for (const text of ['0', '-1', '1.5', 'x', '', '99999999999999999']) {
      expect(() => parseCount(text, '--limit')).toThrow(expect.objectContaining({ code: 'usage.number' }));
    }
  });

  it('are chosen from what is allowed, each once', () => {
    expect(parseChoices(undefined, ['feed', 'tag'], '--via')).toBeNull();
    expect(parseChoices(['tag', 'tag'], ['feed', 'tag'], '--via')).toEqual(['tag']);
    expect(() => parseChoices(['day'], ['feed', 'tag'], '--via')).toThrow('--via day: expected one of feed, tag');
  });

  it('name what was most likely meant, and of many names nothing else', () => {
    expect(() => parseChoices(['tga'], ['feed', 'tag'], '--via')).toThrow(
      expect.objectContaining({ message: '--via tga: expected one of feed, tag', hint: 'did you mean tag?' }),
    );
    const asked = (edition: string) => () => corpusQuestion({ edition: [edition] }, config);
    expect(asked('sputniknews.c')).toThrow(
      expect.objectContaining({
        message: `--edition sputniknews.c: expected one of ${config.editions.length} names`,
        hint: 'did you mean sputniknews.cn?',
      }),
    );
    expect(asked('moon')).toThrow(config.editions.map(({ id }) => id).join(', '));
  });

  it('name days that exist, the first not after the last', () => {
    expect(parseDayRange('2024-02-28', '2024-02-29')).toEqual({
      since: '2024-02-28T00:00:00Z',
      until: '2024-03-01T00:00:00Z',
    });
    expect(parseDayRange(undefined, undefined)).toEqual({ since: null, until: null });
    for (const [since, until] of [
      ['2023-02-29', undefined],
      ['2023-2-1', undefined],
      ['2023-04-13', '2023-04-12'],
    ] as const) {
      expect(() => parseDayRange(since, until)).toThrow(expect.objectContaining({ code: 'usage.date' }));
    }
  });

  it('narrow the corpus down to what is given and nothing else', () => {
    expect(corpusQuestion({}, config).filters).toEqual({});
    const options = { topic: ['armenia'], lang: ['zh-Hans'], until: '2023-04-12', gone: true } as const;
    expect(corpusQuestion(options, config).filters).toEqual({
      topics: ['armenia'],
      languages: ['zh-Hans'],
      until: '2023-04-12',
      gone: true,
    });
    for (const wrong of [
      { topic: ['atlantis'] },
      { edition: ['example.org'] },
      { lang: ['russian'] },
      { formatOf: ['song'] },
    ]) {
      expect(() => corpusQuestion(wrong, config)).toThrow(expect.objectContaining({ code: 'usage.unknown' }));
    }
    const reversed = { since: '2023-04-13', until: '2023-04-12' };
    expect(() => corpusQuestion(reversed, config)).toThrow(expect.objectContaining({ code: 'usage.date' }));
  });
});
