import { feedUrl } from '../../sputnik/urls/site-urls.js';
import type { EditionCrawl, RouteContext } from '../requests/crawl-run.js';
import type { NewRequest, PageData } from '../requests/request-data.js';

export function feedRequest({ edition }: EditionCrawl): NewRequest<PageData> {
  const url = feedUrl(edition);
  const target = { kind: 'feed', edition: edition.id, url, pageId: null, foundBy: 'feed' } as const;
  return { url, userData: { label: 'feed', edition: edition.id, target } };
}

/** The newest hundred or so items. */
export async function handleFeed(context: RouteContext): Promise<void> {
  const { request, addRequests, run } = context;
  const list = await run.readList(context);
  if (list.kind !== 'read') return;
  const { edition, window } = run.edition(request.userData.edition);
  if (list.discovered.length === 0) {
    const detail = 'a feed always holds the newest items';
    run.counts.problem({ edition: edition.id, foundBy: 'feed', url: request.url, reason: 'noItems', detail });
  }
  await addRequests(await run.articles.select(list.discovered, window));
}
