import type { ArticleUrl, FetchTarget, KnownPage } from '../../domain/page.js';
import type { Validators } from '../http/attempt.js';

/** One article address, and what the place it was seen at says of it. */
export interface DiscoveredUrl {
  readonly article: ArticleUrl;
  readonly foundBy: FetchTarget['foundBy'];
  /** UTC instant of the last change as the list announces it; null if it says nothing. */
  readonly modifiedAt: string | null;
}

/** Why a page is asked for. The closed list. */
export type FetchReason =
  'named' | 'unknown' | 'unfinished' | 'refetch' | 'due' | 'changed' | 'readdressed' | 'nowTagged';

export interface FetchRules {
  readonly refetch: boolean;
  /** The page's re-visit is due by age. */
  readonly due: boolean;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** A site's clock may run ahead of ours by this much; a change announced for later than that is not believed. */
const FUTURE_MS_MAX = 86_400_000;

/**
 * Decides whether a page that was seen somewhere is asked for.
 *
 * @param known  What the catalogue holds of it; null if nothing.
 * @returns      The reason, or null: it is known and nothing speaks for asking again.
 *
 * Pure. `gone`, `notArticle` and `quarantined` pages are asked for only when named, due, re-fetched or announced as changed.
 */
export function decideFetch(discovered: DiscoveredUrl, known: KnownPage | null, rules: FetchRules): FetchReason | null {
  if (discovered.foundBy === 'url') return 'named';
  if (known === null) return 'unknown';
  if (known.endState === 'pending' || known.endState === 'unreachable') return 'unfinished';
  if (rules.refetch) return 'refetch';
  if (rules.due) return 'due';
  if (announcesChange(discovered.modifiedAt, known.lastFetchedAt, rules.nowMs)) return 'changed';
  if (isReaddressed(discovered.article, known)) return 'readdressed';
  // The tag was put on an article that did not carry it when it was read; one that was read since and still does not is left alone.
  if (discovered.foundBy === 'tag' && known.endState === 'offTopic' && !wasReadSinceListed(known)) return 'nowTagged';
  return null;
}

/**
 * @returns what a conditional request may name, or null where the body has to come: it was never read, it led to
 *          nothing, or another address or a new tag says that it must differ.
 */
export function validatorsFor(reason: FetchReason, known: KnownPage | null): Validators | null {
  if (known === null || (known.etag === null && known.lastModified === null)) return null;
  if (reason === 'unfinished' || reason === 'readdressed' || reason === 'nowTagged') return null;
  const wasRead = known.endState === 'stored' || known.endState === 'offTopic' || known.endState === 'notArticle';
  return wasRead ? { etag: known.etag, lastModified: known.lastModified } : null;
}

function wasReadSinceListed({ lastFetchedAt, tagListedAt }: KnownPage): boolean {
  return lastFetchedAt !== null && tagListedAt !== null && lastFetchedAt > tagListedAt;
}

function announcesChange(modifiedAt: string | null, lastFetchedAt: string | null, nowMs: number): boolean {
  if (modifiedAt === null || lastFetchedAt === null) return false;
  const modifiedMs = Date.parse(modifiedAt);
  return modifiedMs > Date.parse(lastFetchedAt) && modifiedMs <= nowMs + FUTURE_MS_MAX;
}

/** Seen under a later date than the one it is known by: re-issued. Lists that still show the old one change nothing. */
function isReaddressed(address: ArticleUrl, known: KnownPage): boolean {
  if (address.url === known.url) return false;
  const knownDate = /\/(\d{8})/.exec(new URL(known.url).pathname)?.[1];
  return knownDate !== undefined && address.date > knownDate;
}
