import type { PageCache } from './page-cache.js';
import { routeRequest } from './route-request.js';
import type { Site } from './site.js';

/** Renders and compresses every article page of every edition. */
export function warmCache(site: Site, cache: PageCache): void {
  const now = site.settings.clock.now();
  for (const { id } of site.world.profiles) {
    for (const page of site.lists(id, now).newest) {
      const answer = routeRequest(site, id, page.content.path, now);
      if (answer.cacheKey !== null) cache.get(answer.cacheKey, site.settings.gzip, answer.body);
    }
  }
}
