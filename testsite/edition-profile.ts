import type { Grammar } from './texts/grammar.js';

/** What sets one imitated edition apart. */
export interface EditionProfile {
  /** Its real host, e.g. `big5.sputniknews.cn`. */
  readonly id: string;
  readonly family: string;
  readonly formerHosts: readonly string[];
  readonly language: string;
  /** `og:locale` and `inLanguage` as the site spells it, e.g. `cn_CN`. */
  readonly locale: string;
  readonly timeZone: string;
  /** Offset of the times in its pages. */
  readonly offsetMinutes: number;
  readonly engine: 'sputnik' | 'ria';
  /** The agency's name as its pages print it. */
  readonly agency: string;
  readonly siteName: string;
  readonly copyrightHolder: string;
  readonly email: string;
  /** First article id of the family; families are ten million apart and more. */
  readonly firstArticleId: number;
  readonly script: 'own' | 'traditional';
  readonly direction: 'ltr' | 'rtl';
  /** Article addresses: `/date/id.html`, `/date/slug-id.html`, or the slug percent-encoded in the edition's own letters. */
  readonly addressForm: 'id' | 'slug' | 'encodedSlug';
  readonly grammar: Grammar;
  /** Template that replaces the grammar's. */
  readonly dateline?: string;
}
