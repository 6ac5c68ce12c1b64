import type { Edition, Topic } from '../domain/edition.js';
import type { ArticleAddress } from '../domain/page.js';
import type { AddressBook } from '../sputnik/address-book.js';

/** What a page cannot say of itself. */
export interface NormaliseContext {
  readonly address: ArticleAddress;
  readonly edition: Edition;
  readonly topics: readonly Topic[];
  readonly addresses: AddressBook;
  /** UTC instant to the second when the page was fetched; null: not known, and nothing is refused for lying after it. */
  readonly fetchedAt: string | null;
}
