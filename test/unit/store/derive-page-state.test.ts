import { describe, expect, it } from 'vitest';
import { derivePageState, type PageEvent } from '../../../src/store/catalogue/pages-table.js';

const event = (fetchedAt: number, kind: PageEvent['kind'], reason: string | null = null): PageEvent => ({
  ...{ fetchedAt, kind, reason, onTopic: kind === 'article' },
});
const notFound = (at: number): PageEvent => event(at, 'gone', 'notFound');

describe('a page that was not found once', () => {
  it('is suspected until a second such answer confirms it, from the first on', () => {
    expect(derivePageState([notFound(10)], null, false)).toMatchObject({ goneSuspectedAt: 10, goneAt: null });
    const twice = [notFound(10), notFound(20)];
    expect(derivePageState(twice, null, false)).toMatchObject({ endState: 'gone', goneSuspectedAt: 10, goneAt: 10 });
  });

  it('is suspected no longer once something else came, so that it is not asked for again and again', () => {
    const shown = [notFound(10), event(20, 'notArticle', 'unknownMarkup')];
    expect(derivePageState(shown, null, false)).toMatchObject({ endState: 'notArticle', goneSuspectedAt: null });
    const stored = [event(5, 'article'), ...shown];
    expect(derivePageState(stored, null, false)).toMatchObject({ endState: 'stored', goneSuspectedAt: null });
    const again = derivePageState([...stored, notFound(30)], null, false);
    expect(again).toMatchObject({ endState: 'gone', goneSuspectedAt: 10, goneAt: 10 });
  });

  it('stays gone where it was confirmed, whatever is shown later in place of the article', () => {
    const later = [notFound(10), notFound(20), event(30, 'notArticle', 'unknownMarkup')];
    expect(derivePageState([event(5, 'article'), ...later], null, false)).toMatchObject({
      endState: 'gone',
      goneAt: 10,
    });
  });
});
