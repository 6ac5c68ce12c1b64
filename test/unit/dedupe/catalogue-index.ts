import type { DuplicateOf } from '../../../src/domain/article.js';
import type { ArticleKey } from '../../../src/domain/page.js';
import { foldObservations } from '../../../src/records/fold-observations.js';
import { comparedKey, type ComparableText } from '../../../src/dedupe/comparable-text.js';
import type { Entry, NeighbourIndex, DedupeSettings } from '../../../src/dedupe/neighbour-index.js';
import { catalogueTables } from '../../../src/store/catalogue/catalogue-tables.js';
import { openForWriting } from '../../../src/store/catalogue/open-database.js';
import { observation } from '../records/observations.js';
import type { IndexedText } from './reference-links.js';

/** The catalogue's own index of neighbours, in memory, with the texts beside it. */
export class CatalogueIndex implements NeighbourIndex {
  private readonly database = openForWriting(':memory:').database;
  private readonly tables = catalogueTables(this.database);
  private readonly texts = new Map<ArticleKey, ComparableText>();

  constructor(private readonly settings: DedupeSettings) {
    this.database.exec('BEGIN');
  }

  /** Adds an article or replaces it; it is undecided then, its link as before. */
  put({ entry, text }: IndexedText): void {
    this.texts.set(entry.key, text);
    this.write(entry, text);
  }

  /** The store never removes an article. Here its row stays, so that links to it can be read, but is in no one's reach. */
  remove(key: ArticleKey): void {
    const [entry, text] = [this.entry(key), this.texts.get(key)];
    if (entry === null || text === undefined) return;
    this.tables.articles.setLink(key, null);
    this.write({ ...entry, contentHash: `sha256:${key.replace(/\D/g, '').padStart(64, '0')}`, bands: [] }, text);
    this.texts.delete(key);
  }

  keys(): ArticleKey[] {
    return [...this.texts.keys()];
  }

  entry(key: ArticleKey): Entry | null {
    return this.texts.has(key) ? (this.tables.articles.get(key)?.entry ?? null) : null;
  }

  firstOfContent(contentHash: string): Entry | null {
    return this.tables.neighbours.firstOfContent(contentHash);
  }

  sameContent(contentHash: string): readonly Entry[] {
    return this.tables.neighbours.sameContent(contentHash);
  }

  originalsBefore(entry: Entry): readonly Entry[] {
    return this.tables.neighbours.originalsBefore(entry, this.settings);
  }

  meetersAfter(entry: Entry): readonly Entry[] {
    return this.tables.neighbours.meetersAfter(entry, this.settings);
  }

  textOf(key: ArticleKey): ComparableText {
    const text = this.texts.get(key);
    if (text === undefined) throw new Error(`wanted the text of an indexed article, found none under ${key}`);
    return text;
  }

  link(key: ArticleKey, link: DuplicateOf | null): void {
    this.tables.articles.setLink(key, link);
  }

  postpone(key: ArticleKey): void {
    this.tables.articles.postpone(key);
  }

  postponed(limit: number): readonly Entry[] {
    return this.tables.articles.postponed(limit);
  }

  private write({ key, contentHash, bands, sketch, publishedAt }: Entry, text: ComparableText): void {
    const [family = '', articleId = ''] = key.split('/');
    const record = foldObservations([observation({ family, articleId, at: 0, publishedAt })]);
    if (record === null) throw new Error(`wanted a record of ${key}, found none`);
    const { title, lead, body, dateline, language } = text;
    const said = { ...record, title, lead, body: [...body], dateline, language, contentHash };
    this.tables.articles.put(said, '202405', { contentHash, comparedKey: comparedKey(text), bands, sketch }, true);
  }
}
