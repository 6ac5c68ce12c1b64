import { describe, expect, it } from 'vitest';
import { decideFetch, validatorsFor, type DiscoveredUrl } from '../../../src/crawlers/requests/select-articles.js';
import type { KnownPage } from '../../../src/domain/page.js';
import { createUrlRules } from '../../../src/sputnik/urls/url-rules.js';
import { edition } from './crawl-setup.js';

const NOW = Date.UTC(2026, 6, 20, 12);
const book = createUrlRules([edition('am.sputniknews.ru', null)]);
const RULES = { refetch: false, leavesFailed: false, due: false, nowMs: NOW };

function discovered(changes: Partial<DiscoveredUrl> = {}, date = '20260701'): DiscoveredUrl {
  const article = book.parse(`https://am.sputniknews.ru/${date}/slovo-12345678.html`)!;
  return { article, foundBy: 'feed', modifiedAt: null, ...changes };
}

function known(changes: Partial<KnownPage> = {}): KnownPage {
  return {
    pageId: 'am.sputniknews.ru/12345678',
    url: 'https://am.sputniknews.ru/20260701/slovo-12345678.html',
    endState: 'stored',
    reason: null,
    lastFetchedAt: '2026-07-20T10:00:00Z',
    etag: '"a"',
    lastModified: null,
    publishedAt: null,
    failures: 0,
    tagListedAt: null,
    ...changes,
  };
}

describe('deciding on a visit', () => {
  it.each([
    ['a page nobody knows', discovered(), null, RULES, 'unknown'],
    ['a known page that nothing speaks against', discovered(), known(), RULES, null],
    [
      'a page the user names, however known',
      discovered({ foundBy: 'url' }),
      known({ endState: 'gone' }),
      RULES,
      'named',
    ],
    ['a page that was found and never fetched', discovered(), known({ endState: 'pending' }), RULES, 'unfinished'],
    ['a page that could not be reached', discovered(), known({ endState: 'unreachable' }), RULES, 'unfinished'],
    [
      'any known page where all are visited again',
      discovered(),
      known({ endState: 'gone' }),
      { ...RULES, refetch: true },
      'refetch',
    ],
    ['a page that is due by age', discovered(), known(), { ...RULES, due: true }, 'due'],
    [
      'a page announced as changed since',
      discovered({ modifiedAt: '2026-07-20T10:00:01Z' }),
      known(),
      RULES,
      'changed',
    ],
    ['a page announced as changed before', discovered({ modifiedAt: '2026-07-20T10:00:00Z' }), known(), RULES, null],
    ['a change announced for next week', discovered({ modifiedAt: '2026-07-29T10:00:00Z' }), known(), RULES, null],
    ['a page under a later date', discovered({}, '20260705'), known(), RULES, 'readdressed'],
    ['a page under an earlier date, in a stale list', discovered({}, '20260601'), known(), RULES, null],
    [
      'an off-topic page that a topic lists now',
      discovered({ foundBy: 'tag' }),
      known({ endState: 'offTopic' }),
      RULES,
      'nowTagged',
    ],
    [
      'an off-topic page that was read before the topic listed it',
      discovered({ foundBy: 'tag' }),
      known({ endState: 'offTopic', tagListedAt: '2026-07-20T10:00:00Z' }),
      RULES,
      'nowTagged',
    ],
    [
      'an off-topic page that was read since the topic lists it',
      discovered({ foundBy: 'tag' }),
      known({ endState: 'offTopic', tagListedAt: '2026-07-20T09:59:59Z' }),
      RULES,
      null,
    ],
    ['an off-topic page in the feed', discovered(), known({ endState: 'offTopic' }), RULES, null],
    ['a withdrawn page that a list still shows', discovered(), known({ endState: 'gone' }), RULES, null],
    ['a quarantined page', discovered(), known({ endState: 'quarantined' }), RULES, null],
    ['a page that is no article', discovered({ foundBy: 'tag' }), known({ endState: 'notArticle' }), RULES, null],
  ] as const)('%s', (_name, seen, page, rules, expected) => {
    expect(decideFetch(seen, page, rules)).toBe(expected);
  });

  it('asks conditionally only where a copy that was read is asked for by its age, within a week of the last answer', () => {
    const held = { etag: '"a"', lastModified: null };
    expect(validatorsFor('due', known())).toEqual(held);
    expect(validatorsFor('due', known({ endState: 'offTopic' }))).toEqual(held);
    for (const reason of ['refetch', 'named', 'changed', 'readdressed'] as const) {
      expect(validatorsFor(reason, known())).toBeNull();
    }
    expect(validatorsFor('due', known({ etag: null }))).toBeNull();
    expect(validatorsFor('unknown', null)).toBeNull();
    expect(validatorsFor('unfinished', known({ endState: 'unreachable' }))).toBeNull();
    expect(validatorsFor('nowTagged', known({ endState: 'offTopic' }))).toBeNull();
    expect(validatorsFor('due', known({ endState: 'gone' }))).toBeNull();
  });
});
