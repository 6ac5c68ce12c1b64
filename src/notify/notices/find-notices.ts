import type { NoticeKind, NotifyRule } from '../../config/config.js';
import type { Article } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import type { ArticleKey } from '../../domain/page.js';
import { DAY_MS } from '../../domain/units.js';
import { type ArticleEdits, listArticleEdits } from '../../edits/list-article-edits.js';
import { type Notice, NOTICE_TEXT_MAX, plainText } from './notice.js';
import { EDIT_NAMES } from '../../edits/list-edits.js';
import { webUrl } from '../../export/safe-markup.js';

/** Something that happened to an article. */
export interface ArticleEvent {
  readonly what: Extract<NoticeKind, 'article' | 'edit' | 'withdrawal'>;
  readonly key: ArticleKey;
  /** UTC instant at which it was seen; for an edit, when its second state was seen. */
  readonly at: string;
  readonly publishedAt: string | null;
}

/** What is read from the corpus for a notice. */
export interface CorpusReads {
  /** Whether a query finds the article now. */
  isFound(key: ArticleKey, query: string): boolean;
  /** Null: there is no such article. @throws {PermanentError} its record cannot be read now. */
  article(key: ArticleKey): Article | null;
}

/** A rule and when it began, in milliseconds since the epoch. */
interface BegunRule {
  readonly rule: NotifyRule;
  readonly beganMs: number;
}

/** What a rule is to tell; or the event, if its record cannot be read now. */
export type FoundNotice = { readonly rule: string } & ({ readonly notice: Notice } | { readonly unread: ArticleEvent });

/**
 * Finds the notices of an event for each rule. Records are read only if a rule needs them, so that a back-fill is cheap.
 *
 * To send one message for one article, exact duplicates are left out, and so are edits that only a rendition shows.
 */
export function noticesOf(
  event: ArticleEvent,
  rules: readonly BegunRule[],
  reads: CorpusReads,
  publicUrl: string | null,
): FoundNotice[] {
  const asking = rules.filter(({ rule, beganMs }) => isAsked(event, rule, beganMs, reads));
  if (asking.length === 0) return [];
  const notice = readNotice(event, reads, publicUrl);
  if (notice === null) return [];
  return asking.map(({ rule: { name } }) =>
    notice === 'unreadable' ? { rule: name, unread: event } : { rule: name, notice },
  );
}

/** @returns null if there is nothing to notify of. */
export function readNotice(
  event: ArticleEvent,
  reads: Pick<CorpusReads, 'article'>,
  publicUrl: string | null,
): Notice | 'unreadable' | null {
  try {
    const article = reads.article(event.key);
    return article === null ? null : noticeOf(event, article, publicUrl);
  } catch (error) {
    if (error instanceof PermanentError) return 'unreadable';
    throw error;
  }
}

function isAsked(
  { what, key, at, publishedAt }: ArticleEvent,
  rule: NotifyRule,
  beganMs: number,
  reads: CorpusReads,
): boolean {
  const atMs = Date.parse(at);
  if (!rule.on.includes(what)) return false;
  if (what === 'article' && publishedAt !== null) {
    const publishedMs = Date.parse(publishedAt);
    if (publishedMs < beganMs && publishedMs < atMs - rule.newsDays * DAY_MS) return false;
  }
  return rule.query === null || reads.isFound(key, rule.query);
}

function noticeOf({ what, at }: ArticleEvent, article: Article, publicUrl: string | null): Notice | null {
  if (what === 'withdrawal') return withdrawalNotice(article, at, publicUrl);
  if (what === 'article')
    return article.duplicateOf?.kind === 'exact' ? null : newArticleNotice(article, at, publicUrl);
  const steps = listArticleEdits(article, (seenAt) => seenAt === at).filter(
    ({ edition }) => edition === article.edition,
  );
  return steps.map((step) => editNotice(article, step, publicUrl)).find((notice) => notice !== null) ?? null;
}

const TITLE_MAX = 300;
const LEAD_MAX = 500;
const EDITS_MAX = 10;

/** @returns a notice of a new article. All its renditions have the same id, so that it is sent once. Pure. */
export function newArticleNotice(article: Article, at: string, publicUrl: string | null): Notice {
  return {
    ...{ id: `article ${article.id}`, kind: 'article', at, summary: 'New article' },
    ...aboutArticle(article, publicUrl),
    text: article.lead === null ? null : plainText(article.lead, LEAD_MAX),
    edits: [],
  };
}

/** @returns a notice of a withdrawn article. Pure. */
function withdrawalNotice(article: Article, at: string, publicUrl: string | null): Notice {
  return {
    ...{ id: `withdrawal ${article.id} ${at}`, kind: 'withdrawal', at, summary: 'Withdrawn by the agency' },
    ...aboutArticle(article, publicUrl),
    ...{ text: null, edits: [] },
  };
}

/** @returns a notice of an edit; null if nothing in it is substantive. Pure. */
export function editNotice(article: Article, step: ArticleEdits, publicUrl: string | null): Notice | null {
  const edits = step.edits.filter(({ weight }) => weight === 'substantive');
  const at = step.to.seenAt;
  if (edits.length === 0 || at === null) return null;
  const kinds = [...new Set(edits.map(({ type }) => EDIT_NAMES[type]))];
  const wording = (text: string | null): string | null => (text === null ? null : plainText(text, NOTICE_TEXT_MAX));
  return {
    ...{ id: `edit ${article.id} ${step.edition} ${at}`, kind: 'edit', at, summary: `Edited: ${kinds.join(', ')}` },
    ...aboutArticle(article, publicUrl),
    picture: publicUrl === null ? null : `${publicUrl}${picturePath(step)}`,
    text: null,
    edits: edits
      .slice(0, EDITS_MAX)
      .map(({ type, before, after }) => ({ type: EDIT_NAMES[type], before: wording(before), after: wording(after) })),
  };
}

/** @returns the permanent path of the picture of an edit in the web page, without `.svg` or `.png`. Pure. */
export function picturePath({ article, edition, to }: ArticleEdits): string {
  return `/edits/${article}/${edition}/${(to.seenAt ?? '').replace(/[-:]/g, '')}`;
}

type About = Pick<Notice, 'title' | 'url' | 'page' | 'picture' | 'article'>;

function aboutArticle(article: Article, publicUrl: string | null): About {
  const { id, edition, language, publishedAt, topics, title, url } = article;
  return {
    title: plainText(title, TITLE_MAX),
    url: webUrl(url),
    page: publicUrl === null ? null : `${publicUrl}/articles/${id}`,
    picture: null,
    article: { id, edition, language, publishedAt, topics: [...topics] },
  };
}
