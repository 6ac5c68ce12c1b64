import { z } from 'zod';
import { compareText } from '../domain/page.js';
import { pageOf } from '../store/catalogue/database.js';
import type { WebSources } from './web-sources.js';

export const gapSchema = z.object({
  edition: z.string(),
  day: z.string().describe('of the list or, of a page, the day in its URL'),
  kind: z
    .enum(['list', 'unread', 'page'])
    .describe(
      'a list that could not be had; a day of which no whole list was read after it had ended; a page without a good end',
    ),
  what: z.string().describe('route of the list, id of the page, or empty'),
  url: z.string().nullable(),
  reason: z.string().nullable(),
});
type Gap = z.infer<typeof gapSchema>;

/** Of one day, lists come before pages. */
const KINDS = ['list', 'unread', 'page'] as const;

/** `2023-04-12.page.1049499304`: the last gap of the answer before. */
export const GAP_CURSOR = /^\d{4}-\d{2}-\d{2}\.(?:list|unread|page)\.\w{0,19}$/;

interface GapQuestion {
  readonly edition: string;
  readonly since: string;
  readonly until: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** @returns some gaps of an edition in the order of days, and where the next ones begin; null: there are no more. */
export function readGaps(
  { catalogue, listDays }: WebSources,
  { edition, since, until, limit, cursor }: GapQuestion,
): { readonly gaps: readonly Gap[]; readonly nextCursor: string | null } {
  const queries = catalogue.requireQueries();
  const [day = '', kind = '', what = ''] = cursor?.split('.') ?? [];
  const after = cursor === undefined ? null : { day, articleId: kind === 'page' ? what : '' };
  const ofLists = listGaps(listDays, { edition, since, until });
  const ofPages = (count: number): Gap[] =>
    queries.coverage
      .gapPages(edition, { since, until, after }, count)
      .map(({ day: of, pageId, url, endState, reason }): Gap => ({
        ...{ edition, day: of, kind: 'page', what: pageId.slice(edition.length + 1), url },
        reason: reason === null ? endState : `${endState}: ${reason}`,
      }));
  const { rows, hasMore } = pageOf(limit, (count) =>
    [...ofLists, ...ofPages(count)]
      .filter((gap) => cursor === undefined || compare(gap, { day, kind: kindNamed(kind), what }) > 0)
      .sort(compare),
  );
  const last = rows.at(-1);
  const nextCursor = hasMore && last !== undefined ? `${last.day}.${last.kind}.${last.what}` : null;
  return { gaps: rows, nextCursor };
}

function listGaps(
  listDays: WebSources['listDays'],
  { edition, since, until }: Pick<GapQuestion, 'edition' | 'since' | 'until'>,
): Gap[] {
  const lists = listDays?.(edition, since, until) ?? { gaps: [], unreadDays: [] };
  return [
    ...lists.gaps.map(({ day, route, reason }): Gap => ({
      edition,
      day,
      kind: 'list',
      what: route,
      url: null,
      reason,
    })),
    ...lists.unreadDays.map((day): Gap => ({ edition, day, kind: 'unread', what: '', url: null, reason: null })),
  ];
}

function compare(a: Pick<Gap, 'day' | 'kind' | 'what'>, b: Pick<Gap, 'day' | 'kind' | 'what'>): number {
  return compareText(a.day, b.day) || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || compareText(a.what, b.what);
}

function kindNamed(name: string): Gap['kind'] {
  return KINDS.find((kind) => kind === name) ?? 'list';
}
