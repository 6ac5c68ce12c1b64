import { mixedWordings } from '../../edits/diff-wordings.js';
import { type Message, type Notice, nearChanges, shorten } from '../notices/notice.js';

/** A part of a line. Its text may hold anything that `plainText` lets through; each form escapes it. */
export interface Span {
  readonly kind: 'text' | 'strong' | 'removed' | 'added' | 'link';
  readonly text: string;
  /** Of a link: http(s). */
  readonly url?: string;
}
type Line = readonly Span[];

/** How much of a message is written. */
interface Extent {
  /** Notices that are written one by one. */
  readonly notices: number;
  /** Edits of each notice, and UTF-16 units of a text. */
  readonly edits: number;
  readonly textMax: number;
}

/** UTF-16 units of unchanged text around a change. */
const CONTEXT_MAX = 60;

/** @returns the line that summarises the message: subject, title or fallback. Pure. */
export function headingOf({ notices, total, rule, isTest }: Message): string {
  const [first] = notices;
  const test = isTest ? 'Test: ' : '';
  if (total > 1 || first === undefined) return `${test}${total} notifications of ${rule}`;
  return `${test}${first.summary}: ${first.title}`;
}

const WHY: Readonly<Record<NonNullable<Message['gathered']>, string>> = {
  digest: 'digest',
  quiet: 'gathered in the quiet time',
  limit: 'held back by the limit of an hour',
  edits: 'many edits at once: the site may have changed its pages',
};

/** @returns the message line by line; an empty line stands between notices. Pure. */
function messageLines(message: Message, extent: Extent): Line[] {
  const { notices, total, gathered, isTest } = message;
  const told = notices.slice(0, extent.notices);
  const why = gathered === null ? '' : ` (${WHY[gathered]})`;
  const heading = isTest ? 'A test: nothing has happened.' : `${headingOf(message)}${why}`;
  const head: Line[] = isTest || total > 1 ? [[plain(heading)], []] : [];
  const left = total - told.length;
  const tail: Line[] = left === 0 ? [] : [[], [plain(`and ${left} more`)]];
  const bodies = told.flatMap((notice, index) => [...(index === 0 ? [] : [[]]), ...noticeLines(notice, extent)]);
  return [...head, ...bodies, ...tail];
}

function noticeLines(notice: Notice, extent: Extent): Line[] {
  const { summary, url, page, picture, article, text } = notice;
  const title = shorten(notice.title, extent.textMax);
  const link = page ?? url;
  const heading: Span = link === null ? { kind: 'strong', text: title } : linkTo(link, title);
  const about = [article?.edition, article?.publishedAt, article?.topics.join(', ')].filter((one) => one);
  const links: Span[] = [
    ...(page !== null && url !== null ? [linkTo(url, 'the agency’s page')] : []),
    ...(picture === null ? [] : [linkTo(`${picture}.svg`, 'picture of the edit')]),
  ];
  return [
    [{ kind: 'strong', text: summary }, plain(': '), heading],
    ...(about.length === 0 ? [] : [[plain(about.join(' · '))]]),
    ...(text === null ? [] : [[plain(shorten(text, extent.textMax))]]),
    ...notice.edits
      .slice(0, extent.edits)
      .map(({ type, before, after }) => [plain(`${type}: `), ...wordingSpans(before, after, extent.textMax)]),
    ...(links.length === 0 ? [] : [links.flatMap((one, at) => (at === 0 ? [one] : [plain(' · '), one]))]),
  ];
}

function plain(text: string): Span {
  return { kind: 'text', text };
}

function linkTo(url: string, text: string): Span {
  return { kind: 'link', text, url };
}

/**
 * Both wordings in one line if they share enough. Unchanged parts are shortened to what is near a change.
 */
function wordingSpans(before: string | null, after: string | null, textMax: number): Span[] {
  const parts = mixedWordings(before, after);
  if (parts === null) {
    const removed: Span[] = before === null ? [] : [{ kind: 'removed', text: shorten(before, textMax) }];
    const added: Span[] = after === null ? [] : [{ kind: 'added', text: shorten(after, textMax) }];
    return [...removed, ...(before === null || after === null ? [] : [plain(' → ')]), ...added];
  }
  let room = textMax;
  const spans: Span[] = [];
  for (const [index, { kind, text }] of parts.entries()) {
    if (room <= 0) break;
    const isLast = index === parts.length - 1;
    const told = kind === 'kept' ? nearChanges(text, CONTEXT_MAX, index === 0, isLast) : shorten(text, room);
    room -= told.length;
    spans.push({ kind: kind === 'kept' ? 'text' : kind, text: told });
  }
  return spans;
}

/** From the longest form to shorter ones. */
const EXTENTS: readonly Extent[] = [
  { notices: 20, edits: 3, textMax: 400 },
  { notices: 20, edits: 2, textMax: 150 },
  { notices: 10, edits: 1, textMax: 120 },
  { notices: 5, edits: 1, textMax: 80 },
];
/** The shortest form. */
const LEAST: Extent = { notices: 1, edits: 1, textMax: 60 };

/**
 * Writes as much of a message as a target accepts.
 *
 * @param write  Writes lines in the form of the target.
 * @param fits   Whether the target accepts the result.
 * @returns      The longest result that fits, or the shortest one. Pure.
 */
export function writeLines<Written>(
  message: Message,
  write: (lines: readonly Line[]) => Written,
  fits: (written: Written) => boolean,
): Written {
  for (const extent of EXTENTS) {
    const written = write(messageLines(message, extent));
    if (fits(written)) return written;
  }
  return write(messageLines(message, LEAST));
}

/** @returns the lines as text, with each span written by `write`. Pure. */
export function joinLines(lines: readonly Line[], write: (span: Span) => string): string {
  return lines.map((line) => line.map(write).join('')).join('\n');
}
