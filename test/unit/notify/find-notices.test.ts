import { describe, expect, it } from 'vitest';
import type { Article } from '../../../src/domain/article.js';
import { PermanentError } from '../../../src/domain/errors.js';
import { noticesOf, type ArticleEvent, type CorpusReads } from '../../../src/notify/notices/find-notices.js';
import { stateNotices, type Standing } from '../../../src/notify/notices/state-notices.js';
import type { Freshness } from '../../../src/store/catalogue/judge-freshness.js';
import { EXAMPLE_ARTICLE } from '../domain/example-article.js';
import { RULE } from './sample-notices.js';

const BEGAN = Date.parse('2026-11-20T00:00:00Z');
const EVENT: ArticleEvent = {
  what: 'article',
  key: EXAMPLE_ARTICLE.id,
  at: '2026-11-25T10:00:00Z',
  publishedAt: '2026-11-25T09:00:00Z',
};

function found(
  event: Partial<ArticleEvent>,
  rule = RULE,
  article: Article | 'damaged' | null = EXAMPLE_ARTICLE,
  isFound = true,
) {
  const asked: string[] = [];
  const reads: CorpusReads = {
    isFound: (_key, query) => {
      asked.push(query);
      return isFound;
    },
    article: (key) => {
      asked.push(key);
      if (article === 'damaged') throw new PermanentError('no JSON', { code: 'record.notJson' });
      return article;
    },
  };
  const notices = noticesOf({ ...EVENT, ...event }, [{ rule, beganMs: BEGAN }], reads, 'https://s.example');
  const unread = notices.flatMap((one) => ('unread' in one ? [one.unread] : []));
  return { notices: notices.flatMap((one) => ('notice' in one ? [one.notice] : [])), unread, asked };
}

describe('noticesOf', () => {
  it('tells of an article that was published since the rule began, or shortly before it was stored', () => {
    expect(found({}).notices).toMatchObject([
      { kind: 'article', summary: 'New article', page: `https://s.example/articles/${EXAMPLE_ARTICLE.id}` },
    ]);
    expect(found({ publishedAt: '2026-11-21T00:00:00Z' }).notices).toHaveLength(1);
    expect(found({ publishedAt: null }).notices).toHaveLength(1);
    expect(found({ publishedAt: '2026-11-19T00:00:00Z', at: '2026-11-20T10:00:00Z' }).notices).toHaveLength(1);
  });

  it('reads no record of what a back-fill brings', () => {
    expect(found({ publishedAt: '2019-01-01T00:00:00Z' })).toMatchObject({ notices: [], asked: [] });
    expect(found({ publishedAt: '2019-01-01T00:00:00Z' }, { ...RULE, newsDays: 36_500 }).notices).toHaveLength(1);
  });

  it('asks the query, and then only reads', () => {
    const rule = { ...RULE, query: 'topic:armenia' };
    expect(found({}, rule, EXAMPLE_ARTICLE, false)).toMatchObject({ notices: [], asked: ['topic:armenia'] });
    expect(found({}, rule).notices).toHaveLength(1);
    expect(found({}, { ...RULE, on: ['edit'] }).asked).toEqual([]);
  });

  it('leaves an event whose record cannot be read for later', () => {
    expect(found({}, RULE, 'damaged')).toMatchObject({ notices: [], unread: [EVENT] });
  });

  it('says nothing of what repeats another article exactly, or is there no longer', () => {
    const repeating: Article = {
      ...EXAMPLE_ARTICLE,
      duplicateOf: { id: 'a.example/1234', kind: 'exact', similarity: 1 },
    };
    expect(found({}, RULE, repeating).notices).toEqual([]);
    expect(found({}, RULE, null).notices).toEqual([]);
  });

  it('tells of an edit of substance in the text on top, with both wordings and where its picture is', () => {
    const at = EXAMPLE_ARTICLE.capture?.fetchedAt ?? '';
    const [notice, ...more] = found({ what: 'edit', at }).notices;
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ kind: 'edit', id: `edit ${EXAMPLE_ARTICLE.id} ${EXAMPLE_ARTICLE.edition} ${at}` });
    expect(notice?.edits[0]).toMatchObject({ type: 'headline', after: EXAMPLE_ARTICLE.title });
    expect(notice?.picture).toBe(
      `https://s.example/edits/${EXAMPLE_ARTICLE.id}/${EXAMPLE_ARTICLE.edition}/${at.replace(/[-:]/g, '')}`,
    );
    expect(found({ what: 'withdrawal' }).notices).toMatchObject([
      { id: `withdrawal ${EXAMPLE_ARTICLE.id} ${EVENT.at}`, summary: 'Withdrawn by the agency', edits: [] },
    ]);
    expect(found({ what: 'edit', at: '2001-01-01T00:00:00Z' }).notices).toEqual([]);
  });
});

const freshness = (state: Freshness['state'], since: string | null = null): Freshness => ({
  ...{ edition: 'a.example', topic: null, state, since, reason: state === 'ok' ? null : 'reset', lists: [] },
  ...{
    newestPublishedAt: null,
    newestFirstSeenAt: null,
    lastAnsweredAt: null,
    usualGapMs: null,
    withoutArticle: { pages: 0, since: null },
  },
});
const standing = (changes: Partial<Standing>): Standing => ({ editions: [], quarantined: 0, drifts: [], ...changes });
const AT = '2026-11-25T10:00:00Z';

describe('stateNotices', () => {
  const rule = { ...RULE, on: ['edition', 'quarantine', 'drift'] as const };
  const tell = (now: Standing, told = {}) => {
    const { notices, told: next } = stateNotices(rule, now, told, AT);
    return { said: notices.map(({ summary }) => summary), next };
  };

  it('tells of an edition that is sick long enough, once, of what changes, and when it is well', () => {
    const sick = (since: string) => standing({ editions: [freshness('unreachable', since)] });
    expect(tell(sick('2026-11-25T09:50:01Z'))).toEqual({ said: [], next: {} });
    const first = tell(sick('2026-11-25T09:50:00Z'));
    expect(first).toEqual({ said: ['Edition is unreachable (reset)'], next: { 'edition a.example': 'unreachable' } });
    expect(tell(sick('2026-11-25T09:50:00Z'), first.next).said).toEqual([]);
    expect(tell(standing({ editions: [freshness('late', AT)] }), first.next).said).toEqual(['Edition is late (reset)']);
    expect(tell(standing({ editions: [freshness('ok')] }), first.next)).toEqual({
      said: ['Edition is well again'],
      next: {},
    });
    expect(tell(standing({ editions: [freshness('off')] }), first.next)).toEqual({ said: [], next: {} });
  });

  it('tells of the quarantine at each doubling, and when it is small again', () => {
    const at = (quarantined: number, told: object) => tell(standing({ quarantined }), told);
    expect(at(9, {})).toEqual({ said: [], next: {} });
    expect(at(10, {})).toEqual({ said: ['Quarantine is filling'], next: { quarantine: '0' } });
    expect(at(19, { quarantine: '0' }).said).toEqual([]);
    expect(at(45, { quarantine: '0' })).toEqual({ said: ['Quarantine is filling'], next: { quarantine: '2' } });
    expect(at(21, { quarantine: '2' })).toEqual({ said: [], next: { quarantine: '2' } });
    expect(at(3, { quarantine: '2' })).toEqual({ said: ['Quarantine holds fewer than 10'], next: {} });
  });

  it('tells of drift and of its end, of the editions that are named', () => {
    const counts = { filled: 1, total: 10, from: '2026-11-25', to: '2026-11-25' };
    const drift = {
      edition: 'a.example',
      reader: null,
      field: 'lead',
      recent: counts,
      past: { ...counts, filled: 9 },
      examples: [],
    } as never;
    const told = tell(standing({ drifts: [drift] }));
    expect(told.said).toEqual(['Found less often: lead']);
    expect(tell(standing({ drifts: [drift] }), told.next).said).toEqual([]);
    expect(tell(standing({}), told.next).said).toEqual(['Found as often as before: lead']);
    expect(stateNotices({ ...rule, editions: ['b.example'] }, standing({ drifts: [drift] }), {}, AT).notices).toEqual(
      [],
    );
  });
});
