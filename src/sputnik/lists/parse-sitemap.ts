import type { UrlRules } from '../urls/url-rules.js';
import { ItemCollector, cleanListTitle, type ListProblem, type ParsedList } from './parsed-list.js';
import { readIsoInstant } from '../site-time.js';
import { scanXml, type XmlElement } from './scan-xml.js';
import { resolveOnEdition } from '../urls/site-urls.js';

/** The protocol's own limit (sitemaps.org). */
const ITEMS_MAX = 50_000;
const CHILDREN_MAX = 5_000;

/**
 * Reads a sitemap or a sitemap index, with the news extension where there is one.
 *
 * @param text  The document, decoded.
 * @param url   Its real URL.
 * @returns     Items with `modifiedAt` from `lastmod`, `listedAt` and `title` from the news extension; of an index its
 *              `children`, as real URLs on the host of the index's own edition.
 *
 * A well-formed sitemap of a day without news has the problem `empty` and no other; whether that is one is for the
 * caller to say. Pure. Source: sitemaps.org; site facts, §3.
 */
export function parseSitemap(text: string, url: string, rules: UrlRules): ParsedList {
  const items = new ItemCollector(ITEMS_MAX);
  const children = new Set<string>();
  const root = { name: '' };
  let foreign = 0;
  let texts = new Map<string, string>();

  const problems = scanXml(text, {
    roots: ['urlset', 'sitemapindex'],
    isEnough: () => items.isFull || children.size >= CHILDREN_MAX,
    opened: (element, ancestors) => {
      if (ancestors.length === 0) root.name = element.name;
      if (ancestors.length === 1) texts = new Map();
    },
    closed: (element, ancestors) => {
      if (ancestors.length === 1 && element.name === 'url') addItem(items, texts, url, rules);
      else if (ancestors.length === 1 && element.name === 'sitemap') {
        const child = resolveOnEdition(rules, texts.get('loc') ?? '', url);
        if (child === null) foreign += 1;
        else children.add(child);
      } else keepText(texts, element, ancestors);
    },
  });
  const own = problems.some(({ code }) => code === 'wrongDocument' || code === 'tooLarge')
    ? []
    : root.name === 'sitemapindex'
      ? indexProblems(children.size, foreign)
      : items.problems();
  return { items: items.items, next: null, children: [...children], problems: [...problems, ...own] };
}

/** `loc` and `lastmod` of the entry itself; `title` and `publication_date` of its `news:news`. An image's `loc` is another's. */
function keepText(texts: Map<string, string>, element: XmlElement, ancestors: readonly XmlElement[]): void {
  const parent = ancestors.at(-1);
  const isOwn = ancestors.length === 2 && parent?.prefix === element.prefix;
  const isNews = ancestors.length === 3 && parent?.name === 'news';
  const key = isNews ? `news:${element.name}` : element.name;
  if ((isOwn || isNews) && !texts.has(key)) texts.set(key, element.text);
}

function addItem(items: ItemCollector, texts: ReadonlyMap<string, string>, url: string, rules: UrlRules): void {
  items.add(rules.parse(texts.get('loc') ?? '', url), {
    listedAt: readIsoInstant(texts.get('news:publication_date') ?? ''),
    modifiedAt: readIsoInstant(texts.get('lastmod') ?? ''),
    title: cleanListTitle(texts.get('news:title') ?? ''),
  });
}

function indexProblems(children: number, foreign: number): ListProblem[] {
  const problems: ListProblem[] = [];
  if (children >= CHILDREN_MAX) problems.push({ code: 'capped', detail: `more than ${CHILDREN_MAX} sitemaps` });
  if (foreign > 0) problems.push({ code: 'unreadableItems', detail: `${foreign} sitemaps lie on other hosts` });
  if (children === 0) problems.push({ code: 'empty', detail: 'an index that names no sitemap' });
  return problems;
}
