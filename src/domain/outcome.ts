/** What became of one fetched page; the closed list behind every sum. */
export const OUTCOMES = [
  'new',
  'revised',
  'unchanged',
  'rendition',
  'duplicate',
  'offTopic',
  'gone',
  'notArticle',
  'failed',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type OutcomeCounts = Record<Outcome, number>;

/** @returns every outcome at zero, in the order of the contract. */
export function zeroOutcomes(): OutcomeCounts {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as OutcomeCounts;
}

/** Why a fetched page holds no article. The closed list. */
export type NotArticleReason =
  | 'notHtml'
  | 'section'
  | 'gallery'
  | 'video'
  | 'blockPage'
  | 'challenge'
  | 'emptyBody'
  /** It broke off within the article. */
  | 'cutOff'
  | 'noTitle'
  | 'unknownMarkup'
  /** It asks its readers and tells nothing. */
  | 'poll'
  /** The page at the address holds another article. */
  | 'otherArticle';

/**
 * Reasons for which a page may have been served half, or been read wrongly, rather than be no article: it is asked for again like an
 * article of its age, and where a list announced it, it is a gap until then.
 */
export const MISHAPS: ReadonlySet<string | null> = new Set<NotArticleReason>([
  'emptyBody',
  'cutOff',
  'noTitle',
  'unknownMarkup',
  'notHtml',
  'otherArticle',
  'blockPage',
  'challenge',
]);

/** Why a fetch ended without a usable response. The closed list; "unreachable is not empty". */
export const FETCH_FAILURES = [
  'dns',
  'refused',
  'reset',
  'timeout',
  'tls',
  /** HTTP 451. */
  'legalBlock',
  /** HTTP 401, 403 or 407. */
  'forbidden',
  /** Somebody else's page in place of the site's, whatever its status. */
  'blockPage',
  /** A captcha, or a check of the visitor's browser. */
  'challenge',
  /** Something else in place of a list; in older captures also the four above. */
  'blocked',
  'rateLimited',
  'serverError',
  'clientError',
  'tooLarge',
  'badEncoding',
  'redirectLoop',
  'redirectForbidden',
  'robots',
  'addressForbidden',
  'empty',
  'browser',
] as const;
export type FetchFailure = (typeof FETCH_FAILURES)[number];

/** Why what a list announces is not known, or not all of it. The closed list. */
export const LIST_LOSSES = ['blocked', 'broken', 'tooDeep', 'tooLarge', 'noItems'] as const;
export type ListLoss = (typeof LIST_LOSSES)[number];

/** Why a withdrawn article counts as gone. */
export type GoneReason = 'notFound' | 'gone' | 'redirectToFront';
