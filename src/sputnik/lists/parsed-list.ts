import type { ArticleUrl, PageKind } from '../../domain/page.js';
import type { ListLoss } from '../../domain/outcome.js';
import { addDays, type DayRange } from '../urls/calendar-days.js';

/** Pages that announce articles. */
export type ListKind = Exclude<PageKind, 'article' | 'robots'>;

/** One article as a list announces it. */
interface ListedItem {
  readonly address: ArticleUrl;
  /** UTC instant to the second under which it is listed; null where the list says none, or without offset. */
  readonly listedAt: string | null;
  /** UTC instant to the second of its last change as the list says (`lastmod`, `updated`). */
  readonly modifiedAt: string | null;
  readonly title: string | null;
}

/** The content of a list page, feed or sitemap, and its problems. */
export interface ParsedList {
  /** In the order of the page, each page (edition and id) once. Links may lead to another edition: see `address.edition`. */
  readonly items: readonly ListedItem[];
  /** How many entries the server gave: of this edition or another, readable or not, repeated or not. */
  readonly entries: number;
  /** Real https URL at which the list goes on; null where it ends or does not say. */
  readonly next: string | null;
  /** Real https URLs of the sitemaps that an index names. */
  readonly children: readonly string[];
  /** Empty: all is well. Items that could be read are there in any case. */
  readonly problems: readonly ListProblem[];
}

/** A list as it was received, without its content encoding. Plain data, since it crosses into threads. */
export interface ListTask {
  readonly kind: ListKind;
  readonly body: Uint8Array;
  /** Content-Type header, null if there was none. */
  readonly contentType: string | null;
  /** Its real URL. */
  readonly url: string;
}

/** What {@link ListTask} was read as. */
export interface ReadList {
  readonly list: ParsedList;
  /** Whether it is a web page, or empty, instead of the expected list. */
  readonly isPage: boolean;
}

/**
 * What can be wrong with a list. The closed list:
 * `wrongDocument` no such list at all (HTML for XML, JSON, a block page); `broken` cut off or badly nested;
 * `empty` a proper list without items; `unreadableItems` entries that lead to no article; `noListMarkup` no list was
 * recognised and all article links of the page were taken; `capped` more items than are read; `tooDeep`; `tooLarge`.
 */
export const LIST_PROBLEM_CODES = [
  'wrongDocument',
  'broken',
  'empty',
  'unreadableItems',
  'noListMarkup',
  'capped',
  'tooDeep',
  'tooLarge',
] as const;
export type ListProblemCode = (typeof LIST_PROBLEM_CODES)[number];

export interface ListProblem {
  readonly code: ListProblemCode;
  /** One line for people. */
  readonly detail: string;
  /** Number of items, for `unreadableItems`. */
  readonly count?: number;
}

/** @returns a list that could not be read at all. */
export function failedList(problem: ListProblem): ParsedList {
  return { items: [], entries: 0, next: null, children: [], problems: [problem] };
}

/** Other problems are worth a line in the log, no more. */
const LOSS_OF_PROBLEM: Readonly<Partial<Record<ListProblemCode, ListLoss>>> = {
  // The response has status 200 but is not the list: a provider's page, a captcha.
  wrongDocument: 'blocked',
  broken: 'broken',
  tooDeep: 'tooDeep',
  tooLarge: 'tooLarge',
};
/** The newest hundred items, and the archive's own table of contents: they are never empty. */
const NEVER_EMPTY: ReadonlySet<ListKind> = new Set(['feed', 'sitemapIndex']);

/**
 * Says of a list that was answered with 200 whether it can be relied upon.
 *
 * @param parsed  As the parser of its kind read it.
 * @returns       Null: it was read whole. A list without items is one that was read, but for a feed and an index.
 *
 * Pure: the same captured list is judged alike by the crawl, by the ledger and when the catalogue is rebuilt.
 */
export function lossOfList(kind: ListKind, { items, children, problems }: ParsedList): ListLoss | null {
  for (const { code } of problems) {
    const loss = LOSS_OF_PROBLEM[code];
    if (loss !== undefined) return loss;
  }
  return NEVER_EMPTY.has(kind) && items.length + children.length === 0 ? 'noItems' : null;
}

/**
 * @param url  Real URL of the list.
 * @returns    The days that such a list is about, by its URL; null where it is no list of days.
 *
 * Pure. Source: site facts, §3.
 */
export function coveredDays(kind: ListKind, url: string): DayRange | null {
  const { pathname, searchParams } = new URL(url);
  if (kind === 'day') {
    const day = /^\/(\d{8})\/$/.exec(pathname)?.[1];
    return day === undefined ? null : { from: day, to: day };
  }
  const [from, to] = [searchParams.get('date_start') ?? '', searchParams.get('date_end') ?? ''];
  return kind === 'sitemap' && /^\d{8}$/.test(from) && /^\d{8}$/.test(to) && from <= to ? { from, to } : null;
}

/**
 * Whether a list names every article of the days that it covers, as far as can be seen. These lists are incomplete: one
 * that goes on elsewhere or is longer than what was read; an index, since only its own lists can be complete; one
 * without an entry that leads to an article of the edition; one whose articles are all from other days (a server that
 * ignores the range, or a front page in its place); an empty page of a day; a list of several days that looks cut off.
 * An empty sitemap may be correct, because the archive may begin later. Pure.
 */
export function isWholeList(kind: ListKind, { from, to }: DayRange, parsed: ParsedList, edition: string): boolean {
  const { items, entries, next, children, problems } = parsed;
  const isPart = next !== null || children.length > 0 || problems.some(({ code }) => code === 'capped');
  if (isPart) return false;
  const isNamed = problems.some(({ code }) => code === 'unreadableItems');
  if (items.length === 0) return kind === 'sitemap' && !isNamed;
  if (looksCutOff(entries, { from, to })) return false;
  // An article that was published at midnight may bear the day beside it in its URL.
  const [first, last] = [addDays(from, -1), addDays(to, 1)];
  return items.some(({ address }) => address.edition === edition && address.date >= first && address.date <= last);
}

/** Servers cut lists off at a hundred, a thousand, fifty thousand. */
const ROUND_ENTRIES = 100;

/**
 * @returns whether a list of several days may have been cut off by the server, since it holds a round number of entries: the days are then
 *          to be asked for in parts. Pure. Errs towards yes, once in a hundred lists.
 */
export function looksCutOff(entries: number, { from, to }: DayRange): boolean {
  return from < to && entries > 0 && entries % ROUND_ENTRIES === 0;
}

/** Longest text of a list that is read, in UTF-16 units. */
export const LIST_LENGTH_MAX = 30_000_000;
const TITLE_LENGTH_MAX = 500;

/** @returns the title in one line, at most 500 units; null where nothing is left. A copy: it keeps no page alive. */
export function cleanListTitle(text: string): string | null {
  const start = text.slice(0, 4 * TITLE_LENGTH_MAX).replace(/\s+/g, ' ');
  const line = start.trim().slice(0, TITLE_LENGTH_MAX);
  return line === '' ? null : Buffer.from(line, 'utf8').toString('utf8');
}

/** Collects items in order, each page once; what a repeat knows in addition is kept. */
export class ItemCollector {
  readonly #items = new Map<string, ListedItem>();
  readonly #itemsMax: number;
  #unreadable = 0;
  /** Of {@link ParsedList.entries}. */
  entries = 0;

  constructor(itemsMax: number) {
    this.#itemsMax = itemsMax;
  }

  get isFull(): boolean {
    return this.#items.size >= this.#itemsMax;
  }

  add(address: ArticleUrl | null, known: Omit<ListedItem, 'address'>): void {
    this.entries += 1;
    if (address === null) {
      this.#unreadable += 1;
      return;
    }
    const before = this.#items.get(address.pageId);
    this.#items.set(address.pageId, {
      address: before?.address ?? address,
      listedAt: before?.listedAt ?? known.listedAt,
      modifiedAt: before?.modifiedAt ?? known.modifiedAt,
      title: before?.title ?? known.title,
    });
  }

  get items(): ListedItem[] {
    return [...this.#items.values()];
  }

  /** @returns what the collection itself shows to be wrong. */
  problems(): ListProblem[] {
    const problems: ListProblem[] = [];
    if (this.isFull) problems.push({ code: 'capped', detail: `more than ${this.#itemsMax} items` });
    if (this.#unreadable > 0) {
      const detail = `${this.#unreadable} entries lead to no known article`;
      problems.push({ code: 'unreadableItems', detail, count: this.#unreadable });
    }
    if (this.#items.size === 0) problems.push({ code: 'empty', detail: 'no item where there should be some' });
    return problems;
  }
}
