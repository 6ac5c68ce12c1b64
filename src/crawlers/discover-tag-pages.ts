import { PermanentError } from '../domain/errors.js';
import { tagUrl } from '../sputnik/urls/site-urls.js';
import type { EditionCrawl } from './edition-crawl.js';
import { walkList } from './walk-list.js';

/**
 * Reads the tag pages of the topics: the configured ones, and those that articles have taught.
 *
 * @param alreadyRead  Addresses read earlier in this run; the ones read now are added.
 * @returns            The number of tag pages read now.
 */
export async function discoverByTagPages(crawl: EditionCrawl, alreadyRead: Set<string>): Promise<number> {
  const { edition, plan, known } = crawl;
  const configured = plan.topics.flatMap((topic) => edition.tagPages[topic.id] ?? []);
  let read = 0;
  for (const path of new Set([...configured, ...known.tagPages(edition.id)])) {
    const url = articleUrlOf(crawl, path);
    if (url === null || alreadyRead.has(url)) continue;
    if (crawl.isOver()) break;
    alreadyRead.add(url);
    read += 1;
    const firstDay = plan.since === null ? null : (crawl.window?.from ?? null);
    const items = await walkList(crawl, { edition, kind: 'tag', url, foundBy: 'tag' }, firstDay);
    if (items === 0) crawl.problem({ foundBy: 'tag', url, reason: 'noItems', detail: 'a tag page lists its articles' });
  }
  return read;
}

/** A learned path that leads nowhere costs itself, not the crawl. */
function articleUrlOf(crawl: EditionCrawl, path: string): string | null {
  try {
    return tagUrl(crawl.edition, path);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    crawl.problem({ foundBy: 'tag', url: path.slice(0, 200), reason: 'unreadableItems', detail: error.message });
    return null;
  }
}
