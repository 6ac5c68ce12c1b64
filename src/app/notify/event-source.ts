import type { NotifyRule } from '../../config/config.js';
import { DAY_MS } from '../../domain/units.js';
import type { ArticleEvent } from '../../notify/notices/find-notices.js';
import { toUtcInstant } from '../../platform/clock.js';
import { knownIdsOf } from '../../search/parse-query.js';
import type { CatalogueQueries } from '../../store/catalogue/catalogue-queries.js';
import type { DatedHappening, LoggedChange } from '../../store/catalogue/change-queries.js';
import type { Freshness } from '../../store/catalogue/judge-freshness.js';
import type { Harvester } from '../harvester/open-harvester.js';
import { checkRuleQueries } from './check-rule-queries.js';
import type { EventSource, EventsRead } from './watch-events.js';

/** Where the cursor is void, so much before the last look is looked at again: what was told is told once all the same. */
const MARGIN_MS = DAY_MS;

const WHAT = { stored: 'article', edited: 'edit', withdrawn: 'withdrawal' } as const;

/**
 * Reads events from the log of changes, and states from the catalogue. @throws {UsageError} `search.syntax` for a
 * rule's query.
 */
export function createEventSource(
  harvester: Harvester,
  rules: readonly NotifyRule[],
  readFreshness: () => readonly Freshness[],
): EventSource {
  const { queries, config } = harvester;
  checkRuleQueries(rules, config);
  const known = knownIdsOf(config);
  const matchers = new Map(
    rules.flatMap(({ query }) => (query === null ? [] : [[query, queries.matcher(query, known)] as const])),
  );
  return {
    isFound: (key, query) => matchers.get(query)?.(key) ?? false,
    article: (key) => queries.knownArticle(key),
    readEvents: (after, lookedAtMs, limit) => readEvents(queries, after, lookedAtMs, limit),
    readStanding: () => ({
      editions: readFreshness(),
      quarantined: queries.corpus.counts().quarantined,
      drifts: queries.drift().alarms,
    }),
  };
}

function readEvents(queries: CatalogueQueries, after: string, lookedAtMs: number, limit: number): EventsRead {
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
