import { localParts } from './local-time.js';
import type { PageState, World } from './world.js';

/** What an edition's lists hold during a span of time in which nothing changes. */
export interface Lists {
  /** Newest first; withdrawn articles are in no list. */
  readonly newest: readonly PageState[];
  /** Tag page's path → its articles, newest first. */
  readonly byTag: ReadonlyMap<string, readonly PageState[]>;
  /** `YYYYMMDD`, local → that day's articles, newest first. */
  readonly byDay: ReadonlyMap<string, readonly PageState[]>;
}

interface Span extends Lists {
  readonly revision: number;
  readonly from: number;
  readonly until: number;
}

function put(map: Map<string, PageState[]>, key: string, page: PageState): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [page]);
  else list.push(page);
}

/** @returns the first instant after `now` at which any page of the edition changes. */
function nextChange(world: World, family: string, now: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const story of world.stories(family)) {
    const times = [story.first.publishedAt, ...story.changes.map((change) => change.at)];
    for (const at of times) if (at > now && at < next) next = at;
  }
  return next;
}

function buildSpan(world: World, edition: string, now: number): Span {
  const profile = world.profile(edition);
  const newest: PageState[] = [];
  for (const story of world.stories(profile.family)) {
    const page = world.page(edition, story, now);
    if (page !== null && page.content.withdrawn === null) newest.push(page);
  }
  newest.sort((a, b) => b.content.publishedAt - a.content.publishedAt);
  const byTag = new Map<string, PageState[]>();
  const byDay = new Map<string, PageState[]>();
  for (const page of newest) {
    for (const tag of page.content.tags) put(byTag, tag.path.replace(/^\/tags/, ''), page);
    put(byDay, localParts(page.content.publishedAt, profile.offsetMinutes).basicDate, page);
  }
  const until = nextChange(world, profile.family, now);
  return { newest, byTag, byDay, revision: world.revision, from: now, until };
}

/** @returns a function that gives an edition's lists at an instant, kept as long as nothing changes. */
export function createListIndex(world: World): (edition: string, now: number) => Lists {
  const spans = new Map<string, Span[]>();
  return (edition, now) => {
    const kept = (spans.get(edition) ?? []).filter((span) => span.revision === world.revision);
    const found = kept.find((span) => span.from <= now && now < span.until);
    if (found !== undefined) return found;
    const built = buildSpan(world, edition, now);
    // Four spans are enough: the lists as they are, and as feed, sitemap and load-more lag behind.
    spans.set(edition, [built, ...kept].slice(0, 4));
    return built;
  };
}
