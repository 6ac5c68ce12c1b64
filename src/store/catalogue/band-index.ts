import type { ArticleKey } from '../../domain/page.js';
import { DAY_SECONDS } from '../../domain/units.js';
import { compareCanonically } from '../../dedupe/neighbour-index.js';
import { query, type Database } from './database.js';

/** An article that others meet through its bands. */
interface BandMember {
  readonly id: number;
  readonly key: ArticleKey;
  /** Second of its publication. */
  readonly at: number;
  readonly sketch: Uint8Array;
  /** A near duplicate stands for its original. */
  readonly isLinked: boolean;
}

/** A place in canonical order. */
type Place = Pick<BandMember, 'key' | 'at'>;

/** The articles of one week: band → the article that has it, or several in canonical order. */
type Week = Map<number, BandMember | BandMember[]>;

const WEEK_SECONDS = 7 * DAY_SECONDS;
/** A member takes about 1.5 KB. A week that is asked for is held whole, however many there are. */
const MEMBERS_MAX = 16_000;
/** The most that one article asks for: a window before it and one after it. */
const WEEKS_MIN = 4;

/**
 * Finds the articles that share a band with another: decided ones that repeat no other exactly. It is in memory only. A
 * week is read from the rows of its articles when it is first needed, and code that changes these rows must report it.
 * The least recently used weeks are dropped first.
 */
export class BandIndex {
  readonly #rowsOfWeek;
  readonly #weeks = new Map<number, { readonly bands: Week; count: number }>();
  #members = 0;

  constructor(
    database: Database,
    readonly membersMax = MEMBERS_MAX,
  ) {
    type Row = Omit<BandMember, 'isLinked'> & { readonly bands: Uint8Array; readonly isLinked: number };
    this.#rowsOfWeek = query<Row>(
      database,
      `SELECT id, key, published_at AS at, bands, sketch, duplicate_of IS NOT NULL AS isLinked FROM articles
       WHERE published_at >= ?1 AND published_at < ?1 + ${WEEK_SECONDS} AND decided <> 0 AND duplicate_kind IS NOT 'exact'
       ORDER BY published_at`,
    );
  }

  /** To be told of an article whose row was changed so that it is in the index now. */
  add(member: BandMember, bands: readonly number[]): void {
    const week = this.#weeks.get(weekOf(member.at));
    if (week === undefined) return;
    for (const band of bands) insert(week.bands, band, member);
    week.count += 1;
    this.#members += 1;
  }

  /** To be told of an article that may have been in the index, before its row is changed. */
  remove({ key, at }: Place, bands: readonly number[]): void {
    const week = this.#weeks.get(weekOf(at));
    if (week === undefined) return;
    const found = bands.filter((band) => removeFrom(week.bands, band, key));
    if (found.length === 0) return;
    week.count -= 1;
    this.#members -= 1;
  }

  /** To be told when rows were changed by others, or changes of rows undone. */
  forget(): void {
    this.#weeks.clear();
    this.#members = 0;
  }

  /** @returns the last `perBandMax` articles before the place in canonical order through each band, not before a second. */
  before(place: Place, bands: readonly number[], from: number, perBandMax: number): Set<BandMember> {
    const weeks = this.#weeksBetween(from, place.at).reverse();
    const met = new Set<BandMember>();
    for (const band of bands) {
      let left = perBandMax;
      for (const week of weeks) {
        const list = listOf(week, band);
        for (let index = positionIn(list, place) - 1; index >= 0 && left > 0; index -= 1) {
          const member = list[index];
          if (member === undefined || member.at < from) break;
          met.add(member);
          left -= 1;
        }
      }
    }
    return met;
  }

  /** @returns the first `perBandMax` articles after the place in canonical order through each band, not after a second. */
  after(place: Place, bands: readonly number[], to: number, perBandMax: number): Set<BandMember> {
    const weeks = this.#weeksBetween(place.at, to);
    const met = new Set<BandMember>();
    for (const band of bands) {
      let left = perBandMax;
      for (const week of weeks) {
        const list = listOf(week, band);
        for (let index = positionIn(list, place); index < list.length && left > 0; index += 1) {
          const member = list[index];
          if (member === undefined || member.at > to) break;
          if (member.key === place.key) continue;
          met.add(member);
          left -= 1;
        }
      }
    }
    return met;
  }

  #weeksBetween(from: number, to: number): Week[] {
    const weeks: Week[] = [];
    for (let week = weekOf(from); week <= weekOf(to); week += 1) weeks.push(this.#week(week));
    this.#limit(Math.max(weeks.length, WEEKS_MIN));
    return weeks;
  }

  #week(number: number): Week {
    const known = this.#weeks.get(number) ?? { bands: new Map(), count: 0 };
    const isNew = !this.#weeks.delete(number);
    this.#weeks.set(number, known);
    if (isNew) {
      for (const { bands, isLinked, ...row } of this.#rowsOfWeek.iterate(number * WEEK_SECONDS)) {
        this.add({ ...row, isLinked: isLinked === 1 }, unpackBands(bands));
      }
    }
    return known.bands;
  }

  #limit(weeksMin: number): void {
    for (const [number, { count }] of this.#weeks) {
      if (this.#members <= this.membersMax || this.#weeks.size <= weeksMin) return;
      this.#weeks.delete(number);
      this.#members -= count;
    }
  }
}

function weekOf(at: number): number {
  return Math.floor(at / WEEK_SECONDS);
}

function listOf(week: Week, band: number): readonly BandMember[] {
  const found = week.get(band);
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
}

function insert(week: Week, band: number, member: BandMember): void {
  const found = week.get(band);
  if (found === undefined) week.set(band, member);
  else if (Array.isArray(found)) found.splice(positionIn(found, member), 0, member);
  else if (found !== member) week.set(band, compare(found, member) < 0 ? [found, member] : [member, found]);
}

function removeFrom(week: Week, band: number, key: ArticleKey): boolean {
  const found = week.get(band);
  if (found === undefined) return false;
  if (!Array.isArray(found)) return found.key === key && week.delete(band);
  const index = found.findIndex((member) => member.key === key);
  if (index >= 0) found.splice(index, 1);
  return index >= 0;
}

/** @returns how many of a list come before the place. */
function positionIn(list: readonly BandMember[], place: Place): number {
  let low = 0;
  for (let high = list.length; low < high;) {
    const middle = (low + high) >> 1;
    const member = list[middle];
    if (member !== undefined && compare(member, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Canonical order: of one second, that of the keys. */
function compare(a: Place, b: Place): number {
  return a.at - b.at || compareCanonically({ key: a.key, publishedAt: null }, { key: b.key, publishedAt: null });
}

/** @returns the numbers as three bytes each, little-endian. */
export function packBands(bands: readonly number[]): Buffer {
  const bytes = Buffer.alloc(bands.length * 3);
  bands.forEach((band, index) => bytes.writeUIntLE(band, index * 3, 3));
  return bytes;
}

export function unpackBands(blob: Uint8Array): number[] {
  const bands: number[] = [];
  for (let at = 0; at + 3 <= blob.length; at += 3) {
    bands.push((blob[at] ?? 0) | ((blob[at + 1] ?? 0) << 8) | ((blob[at + 2] ?? 0) << 16));
  }
  return bands;
}
