import { feedUrl } from '../sputnik/urls/site-urls.js';
import type { EditionCrawl } from './edition-crawl.js';

/** Reads the feed: the newest hundred or so items. */
export async function discoverByFeed(crawl: EditionCrawl): Promise<void> {
  const url = feedUrl(crawl.edition);
  const list = await crawl.readList({ edition: crawl.edition, kind: 'feed', url, foundBy: 'feed' });
  if (list.kind !== 'read') return;
  if (list.sightings.length === 0) {
    crawl.problem({ foundBy: 'feed', url, reason: 'noItems', detail: 'a feed always holds the newest items' });
  }
  await crawl.offer(list.sightings);
}
