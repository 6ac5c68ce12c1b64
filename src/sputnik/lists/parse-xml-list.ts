import { Parser } from 'htmlparser2';
import { readFeedDate } from '../site-time.js';
import { resolveOnEdition } from '../urls/site-urls.js';
import type { UrlRules } from '../urls/url-rules.js';
import {
  cleanListTitle,
  failedList,
  ItemCollector,
  LIST_LENGTH_MAX,
  type ListProblem,
  type ParsedList,
} from './parsed-list.js';

interface XmlElement {
  /** Namespace prefix as written, '' for none. */
  readonly prefix: string;
  /** Without prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text and CDATA directly within it, at most {@link TEXT_LENGTH_MAX}. */
  text: string;
  /** Only of an entry and what is in it. */
  readonly children: XmlElement[];
}

/**
 * Root elements, and the most items: a feed has about 100, a sitemap by its own protocol (sitemaps.org) at most 50,000.
 */
const FORMS = {
  feed: { roots: ['rss', 'feed', 'RDF'], itemsMax: 5_000 },
  sitemap: { roots: ['urlset', 'sitemapindex'], itemsMax: 50_000 },
} as const;
/**
 * The elements of RSS 2.0 and 1.0, Atom and sitemaps that stand for an article or a further sitemap, and what holds
 * them.
 */
const ENTRY_PARENTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['item', ['channel', 'RDF']],
  ['entry', ['feed']],
  ['url', ['urlset']],
  ['sitemap', ['sitemapindex']],
]);
const SITEMAPS_MAX = 5_000;
const CHUNK_LENGTH = 65_536;
const DEPTH_MAX = 64;
const CHILDREN_MAX = 1_000;
const TEXT_LENGTH_MAX = 8_192;

/**
 * Reads a feed (RSS 2.0, also with every element prefixed, RSS 1.0, Atom), or a sitemap or an index of sitemaps, with
 * the news extension where there is one.
 *
 * @param text  The document, decoded.
 * @param url   Its real URL; relative links start there.
 * @returns     Items in the document's order: `listedAt` from `pubDate`, `published` or the news extension,
 *              `modifiedAt` from `updated` or `lastmod`. Of an index its `children`, as real URLs on the host of the
 *              index's own edition.
 *
 * Only an entry's own children count, not `media:title` or `image:loc`. Tolerant (namespaces need not be declared, `&`
 * may stand alone), and bounded: entities beyond XML's own five are left as they stand, so none expands. Of a document
 * that is cut off the whole entries are returned, with the problem `broken`. A well-formed sitemap of a day without
 * news is `empty` and no more; whether that is a problem is for the caller to say. Pure. Source: sitemaps.org; site
 * facts, §3; real feed of 2019.
 */
export function parseXmlList(form: keyof typeof FORMS, text: string, url: string, rules: UrlRules): ParsedList {
  const { roots, itemsMax } = FORMS[form];
  if (text.length > LIST_LENGTH_MAX) return failedList({ code: 'tooLarge', detail: `${text.length} characters` });
  const items = new ItemCollector(itemsMax);
  const children = new Set<string>();
  let foreign = 0;
  const scanner = new EntryScanner(text, roots, (entry) => {
    const texts = textsOf(entry);
    if (entry.name !== 'sitemap') {
      addItem(items, texts, url, rules);
      return;
    }
    const child = resolveOnEdition(rules, texts.get('loc') ?? '', url);
    if (child === null) foreign += 1;
    else children.add(child);
  });
  scanner.run(() => items.isFull || children.size >= SITEMAPS_MAX);
  if (!scanner.isWanted) return failedList(wrongDocument(scanner.root, roots));
  const own = scanner.root === 'sitemapindex' ? indexProblems(children.size, foreign) : items.problems();
  const problems = scanner.problem === null ? own : [scanner.problem, ...own];
  return { items: items.items, entries: items.entries, next: null, children: [...children], problems };
}

function wrongDocument(root: string | null, roots: readonly string[]): ListProblem {
  const found = root === null ? 'no element at all' : `<${root.slice(0, 50)}>`;
  return { code: 'wrongDocument', detail: `expected <${roots.join('> or <')}>, found ${found}` };
}

/**
 * Texts of an entry's own children, and of those of its `news:news`; the first of each name counts. A link's text is
 * its `href`.
 */
function textsOf(entry: XmlElement): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const keep = (key: string, text: string): void => {
    if (text.trim() !== '' && !texts.has(key)) texts.set(key, text);
  };
  for (const child of entry.children) {
    if (child.name === 'news') for (const { name, text } of child.children) keep(`news:${name}`, text);
    const isDate = child.prefix === 'dc' && child.name === 'date';
    const { href, rel = 'alternate' } = child.attributes;
    if (child.prefix !== entry.prefix && !isDate) continue;
    if (href === undefined || rel === 'alternate') keep(child.name, href ?? child.text);
  }
  return texts;
}

function addItem(items: ItemCollector, texts: ReadonlyMap<string, string>, url: string, rules: UrlRules): void {
  const first = (...names: string[]): string => names.map((name) => texts.get(name)).find(Boolean) ?? '';
  const links = ['loc', 'link', 'guid', 'id'].map((name) => rules.parse(texts.get(name) ?? '', url));
  items.add(links.find((link) => link !== null) ?? null, {
    listedAt: readFeedDate(first('pubDate', 'published', 'date', 'news:publication_date')),
    modifiedAt: readFeedDate(first('updated', 'lastmod')),
    title: cleanListTitle(first('title', 'news:title')),
  });
}

function indexProblems(children: number, foreign: number): ListProblem[] {
  const problems: ListProblem[] = [];
  if (children >= SITEMAPS_MAX) problems.push({ code: 'capped', detail: `more than ${SITEMAPS_MAX} sitemaps` });
  if (foreign > 0)
    problems.push({ code: 'unreadableItems', detail: `${foreign} sitemaps lie on other hosts`, count: foreign });
  if (children === 0) problems.push({ code: 'empty', detail: 'an index that names no sitemap' });
  return problems;
}

/** Hands each entry over as soon as the document has closed it itself, and keeps no more than one. */
class EntryScanner {
  /** Name of the root element. */
  root: string | null = null;
  problem: ListProblem | null = null;
  private readonly open: XmlElement[] = [];
  private entry: XmlElement | null = null;
  private newest: XmlElement | null = null;
  private readonly parser = new Parser(
    {
      onopentag: (name, attributes) => {
        this.enter(name, attributes);
      },
      ontext: (text) => {
        const element = this.open.at(-1);
        if (element !== undefined && element.text.length < TEXT_LENGTH_MAX) element.text += text;
      },
      onclosetag: (name, isImplied) => {
        this.leave(name, isImplied);
      },
    },
    { xmlMode: true },
  );

  constructor(
    private readonly text: string,
    private readonly roots: readonly string[],
    private readonly found: (entry: XmlElement) => void,
  ) {}

  get isWanted(): boolean {
    return this.root !== null && this.roots.includes(this.root);
  }

  /** @param isEnough  Asked between stretches of text. */
  run(isEnough: () => boolean): void {
    const isOver = (): boolean => this.problem !== null || isEnough() || (this.root !== null && !this.isWanted);
    for (let at = 0; at < this.text.length && !isOver(); at += CHUNK_LENGTH) {
      this.parser.write(this.text.slice(at, at + CHUNK_LENGTH));
    }
    if (!isOver()) this.parser.end();
  }

  private enter(qualified: string, attributes: XmlElement['attributes']): void {
    const colon = qualified.indexOf(':');
    const name = qualified.slice(colon + 1);
    const element = { prefix: qualified.slice(0, Math.max(0, colon)), name, attributes, text: '', children: [] };
    this.root ??= name;
    if (this.open.length >= DEPTH_MAX) this.problem ??= { code: 'tooDeep', detail: `more than ${DEPTH_MAX} levels` };
    if (ENTRY_PARENTS.get(name)?.includes(this.open.at(-1)?.name ?? '')) this.entry ??= element;
    this.open.push(element);
    this.newest = element;
  }

  private leave(qualified: string, isImplied: boolean): void {
    const element = this.open.pop();
    if (element === undefined || this.problem !== null || !this.isWanted) return;
    // The parser calls `<a/>` implied as well.
    if (isImplied && !(element === this.newest && this.text[this.parser.endIndex - 1] === '/')) {
      this.problem = { code: 'broken', detail: `<${qualified.slice(0, 50)}> is never closed` };
    } else if (element === this.entry) {
      this.entry = null;
      this.found(element);
    } else if (this.entry !== null) {
      const siblings = this.open.at(-1)?.children ?? [];
      if (siblings.length < CHILDREN_MAX) siblings.push(element);
    }
  }
}
