import type { Answer } from './render/page-answer.js';
import { errorAnswer, listAnswer, pageAnswer, redirectAnswer } from './render/page-answer.js';
import { localParts, startOfLocalDay } from './content/local-time.js';
import { renderPage } from './render/render-page.js';
import type { PageVariant } from './render/render-page.js';
import {
  renderFeed,
  renderFragment,
  renderListPage,
  renderRobots,
  renderSitemap,
  renderSitemapIndex,
} from './render/render-lists.js';
import type { MonthRange } from './render/render-lists.js';
import type { Site } from './site.js';
import type { PageState } from './content/world.js';

const XML = 'text/xml; charset=utf-8';

interface Request {
  readonly site: Site;
  readonly edition: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly now: number;
}

function feed({ site, edition, now }: Request): Answer {
  const { feedLagMs, feedDepth } = site.settings;
  const pages = site.lists(edition, now - feedLagMs).newest.slice(0, feedDepth);
  return listAnswer(() => renderFeed(site.world.profile(edition), pages, now), 'application/rss+xml; charset=utf-8');
}

/** Months from the newest story's back to the oldest's, newest first. */
function monthRanges(pages: readonly PageState[], offsetMinutes: number): MonthRange[] {
  const months = new Set(
    pages.map((page) => localParts(page.content.publishedAt, offsetMinutes).basicDate.slice(0, 6)),
  );
  return [...months]
    .sort((a, b) => (a < b ? 1 : -1))
    .map((month) => {
      const lastDay = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(4)), 0)).getUTCDate();
      return { start: `${month}01`, end: `${month}${lastDay}` };
    });
}

function sitemapIndex({ site, edition, now }: Request): Answer {
  const profile = site.world.profile(edition);
  const pages = site.lists(edition, now - site.settings.sitemapLagMs).newest;
  return listAnswer(() => renderSitemapIndex(profile, monthRanges(pages, profile.offsetMinutes)), XML);
}

function sitemap({ site, edition, query, now }: Request): Answer {
  const profile = site.world.profile(edition);
  const start = query.get('date_start') ?? '';
  const end = query.get('date_end') ?? '';
  const inRange = (day: string): boolean => start <= day && day <= end;
  if (startOfLocalDay(start, 0) === null || startOfLocalDay(end, 0) === null) return errorAnswer(404, '404');
  const { byDay } = site.lists(edition, now - site.settings.sitemapLagMs);
  const days = [...byDay.keys()].filter(inRange).sort((a, b) => (a < b ? 1 : -1));
  return listAnswer(
    () =>
      renderSitemap(
        profile,
        days.flatMap((day) => byDay.get(day) ?? []),
      ),
    XML,
  );
}

/** @returns the pages of a day list, a tag list or the front page (slug empty); null: no such list. */
function listPages({ site, edition }: Request, slug: string, at: number): readonly PageState[] | null {
  const lists = site.lists(edition, at);
  if (slug === '') return lists.newest;
  if (/^\d{8}$/.test(slug)) return startOfLocalDay(slug, 0) === null ? null : (lists.byDay.get(slug) ?? []);
  return lists.byTag.get(`/${slug}/`) ?? null;
}

function listPage(request: Request, slug: string): Answer {
  const { site, edition, now } = request;
  const pages = listPages(request, slug, now);
  if (pages === null) return errorAnswer(404, '404');
  const profile = site.world.profile(edition);
  const heading = pages[0]?.content.tags.find((tag) => tag.path === `/${slug}/`)?.name ?? profile.siteName;
  return listAnswer(() => renderListPage(profile, slug, heading, pages.slice(0, site.settings.listPageSize)));
}

/** `/services/<slug>/more.html?id=&date=`: what follows the item named; an unknown item ends the list. */
function loadMore(request: Request, slug: string): Answer {
  const { site, edition, query, now } = request;
  const pages = listPages(request, slug, now - site.settings.moreLagMs) ?? [];
  const at = pages.findIndex((page) => page.story.articleId === query.get('id'));
  const following = at < 0 ? [] : pages.slice(at + 1, at + 1 + site.settings.listPageSize);
  return listAnswer(() => renderFragment(site.world.profile(edition), slug, following));
}

/** `/services/tagsearch/?date_start=&date=&tags[]=`. */
function tagSearch(request: Request): Answer {
  const { site, edition, query, now } = request;
  const pages = site.lists(edition, now).byTag.get(`/${query.get('tags[]') ?? ''}/`) ?? [];
  const profile = site.world.profile(edition);
  const day = (page: PageState): string => localParts(page.content.publishedAt, profile.offsetMinutes).basicDate;
  const [from, until] = [query.get('date_start') ?? '', query.get('date') ?? '99999999'];
  const found = pages.filter((page) => day(page) >= from && day(page) <= until).slice(0, site.settings.listPageSize);
  return listAnswer(() => renderFragment(profile, 'tagsearch', found));
}

/** As sites print them: no two answers are the same. */
function viewCounter(site: Site): string {
  return `<div class="counter" data-views="${site.countView()}"></div>`;
}

function article(request: Request, articleId: string, variant: PageVariant, plainPath: string): Answer {
  const { site, edition, now } = request;
  const profile = site.world.profile(edition);
  const story = site.world.find(profile.family, articleId);
  const state = story === null ? null : site.world.page(edition, story, now);
  if (state === null) return errorAnswer(404, '404');
  const { withdrawn, path, modifiedAt } = state.content;
  if (withdrawn === '404') return errorAnswer(404, '404');
  if (withdrawn === '410') return errorAnswer(410, '410');
  if (withdrawn === 'redirectFront') return redirectAnswer(`https://${edition}/`, 302);
  if (plainPath !== path) return redirectAnswer(`https://${edition}${path}`);
  if (site.settings.noise) {
    return listAnswer(() =>
      renderPage(state, site.frame(profile.family), variant).replace('</body>', `${viewCounter(site)}</body>`),
    );
  }
  const key = `${edition}/${articleId}/${state.version}/${variant}`;
  return pageAnswer(() => renderPage(state, site.frame(profile.family), variant), key, modifiedAt);
}

const ARTICLE = /^\/\d{8}\/(?:.*-)?(\d{4,19})\.html$/;
const OLD_ARTICLE = /^\/[^/]+\/\d{8}(\d{4,19})(?:-[^/]*)?\/$/;

function articleRequest(request: Request): Answer | null {
  const variant: PageVariant = request.path.startsWith('/amp/')
    ? 'amp'
    : request.path.endsWith('-print.html')
      ? 'print'
      : 'page';
  const plain = request.path.replace(/^\/amp(?=\/)/, '').replace(/-print\.html$/, '.html');
  const articleId = (ARTICLE.exec(plain) ?? OLD_ARTICLE.exec(plain))?.[1];
  return articleId === undefined ? null : article(request, articleId, variant, plain);
}

/** @returns what the site says to a GET. Pure, given the world. */
export function routeRequest(site: Site, edition: string, target: string, now: number): Answer {
  const [path = '/', search = ''] = target.split('?', 2);
  const request: Request = { site, edition, path, query: new URLSearchParams(search), now };
  switch (path) {
    case '/':
      return listPage(request, '');
    case '/robots.txt': {
      const { robotsText, crawlDelaySeconds } = site.settings;
      const text = robotsText === '' ? renderRobots(site.world.profile(edition), crawlDelaySeconds) : robotsText;
      return listAnswer(() => text, 'text/plain; charset=utf-8');
    }
    case '/export/rss2/archive/index.xml':
      return feed(request);
    case '/sitemap_article_index.xml':
      return sitemapIndex(request);
    case '/sitemap_article.xml':
      return sitemap(request);
    case '/services/tagsearch/':
      return tagSearch(request);
    default: {
      const more = /^\/services\/([^/]*)\/?more\.html$/.exec(path);
      if (more !== null) return loadMore(request, more[1] ?? '');
      const days = /^\/sitemap_article\/(\d{8})-(\d{8})\.xml\.gz$/.exec(path);
      if (days !== null) {
        const query = new URLSearchParams({ date_start: days[1] ?? '', date_end: days[2] ?? '' });
        return sitemap({ ...request, query });
      }
      const slug = /^\/(?:tags\/)?([^/]+)\/$/.exec(path)?.[1];
      return articleRequest(request) ?? (slug === undefined ? errorAnswer(404, '404') : listPage(request, slug));
    }
  }
}
