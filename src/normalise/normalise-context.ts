import type { Edition, Topic } from '../domain/edition.js';
import type { ArticleUrl } from '../domain/page.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';

/** What a page cannot say of itself. */
export interface NormaliseContext {
  readonly address: ArticleUrl;
  readonly edition: Edition;
  readonly topics: readonly Topic[];
  readonly addresses: UrlRules;
  /** UTC instant to the second when the page was fetched; null: not known, and nothing is refused for lying after it. */
  readonly fetchedAt: string | null;
}
