import type { NotifyRule } from '../../config/config.js';
import { PermanentError, UsageError } from '../../domain/errors.js';
import type { ArticleKey } from '../../domain/page.js';
import type { ArticleEvent } from '../../notify/notices/find-notices.js';
import type { KnownIds } from '../../search/parse-query.js';
import { toUtcInstant } from '../../platform/clock.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { LoggedChange } from '../../store/catalogue/change-queries.js';
import type { DatedHappening } from '../../store/catalogue/change-queries.js';
import type { Freshness } from '../../store/catalogue/judge-freshness.js';
import type { Harvester } from '../harvester/open-harvester.js';
import type { EventSource, EventsRead } from './watch-events.js';

/** Where the cursor is void, so much before the last look is looked at again: what was told is told once all the same. */
const MARGIN_MS = 86_400_000;

const WHAT = { stored: 'article', edited: 'edit', withdrawn: 'withdrawal' } as const;

/** Reads what has happened from the log of changes, and how things stand from the catalogue. @throws {UsageError} `search.syntax` for a rule's query. */
export function createEventSource(
  harvester: Harvester,
  rules: readonly NotifyRule[],
  readFreshness: () => readonly Freshness[],
): EventSource {
  const { queries, config } = harvester;
  const known = { topics: config.topics.map(({ id }) => id), editions: config.editions.map(({ id }) => id) };
  const matchers = new Map(
    rules.flatMap((rule) => (rule.query === null ? [] : [[rule.query, matcherOf(rule, queries, known)] as const])),
  );
  return {
    isFound: (key, query) => matchers.get(query)?.(key) ?? false,
    article: (key) => readableArticle(queries, key),
    readEvents: (after, lookedAtMs, limit) => readEvents(queries, after, lookedAtMs, limit),
    readStanding: () => ({
      editions: readFreshness(),
      quarantined: queries.corpus.counts().quarantined,
      drifts: queries.drift().alarms,
    }),
  };
}

/** @throws {UsageError} naming the rule, as well as what is wrong with its query. */
function matcherOf({ name, query }: NotifyRule, queries: CatalogueQueries, known: KnownIds) {
  try {
    return queries.matcher(query ?? '', known);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const problem = `notify.rules.${name}.query: ${error.message}`;
    throw new UsageError(problem, {
      code: 'search.syntax',
      hint: error.hint ?? 'docs/search.md has the grammar',
      cause: error,
    });
  }
}

/** A damaged record is `verify`'s concern. */
function readableArticle(queries: CatalogueQueries, key: ArticleKey): ReturnType<CatalogueQueries['article']> {
  try {
    return queries.article(key);
  } catch (error) {
    if (error instanceof PermanentError) return null;
    throw error;
  }
}

function readEvents(queries: CatalogueQueries, after: string | null, lookedAtMs: number, limit: number): EventsRead {
  if (after === null) return { events: [], cursor: queries.changes.end(), hasMore: false };
  const read = queries.changes.since(after, limit);
  if (read === null) {
    const cursor = queries.changes.end();
    const since = toUtcInstant(Math.max(0, lookedAtMs - MARGIN_MS));
    return { events: eventsOf(queries, queries.changes.happeningsSince(since)), cursor, hasMore: false };
  }
  const { changes, cursor } = read;
  return { events: eventsOf(queries, changes), cursor, hasMore: changes.length === limit };
}

function eventsOf(queries: CatalogueQueries, changes: readonly (LoggedChange | DatedHappening)[]): ArticleEvent[] {
  return changes.flatMap((change) => {
    if (change.kind !== 'stored' && change.kind !== 'edited' && change.kind !== 'withdrawn') return [];
    const { kind, key, at } = change;
    return [{ what: WHAT[kind], key, at, publishedAt: kind === 'stored' ? queries.publishedAt(key) : null }];
  });
}
