import { diffWordings } from '../../edits/diff-wordings.js';
import type { Message, Notice } from '../notices/notice.js';
import { shorten } from '../notices/plain-text.js';

/** A stretch of a line; texts may hold anything that `plainText` lets through, and each form makes them harmless. */
export interface Span {
  readonly kind: 'text' | 'strong' | 'removed' | 'added' | 'link';
  readonly text: string;
  /** Of a link: http(s). */
  readonly url?: string;
}
type Line = readonly Span[];

/** How much is told. */
interface Extent {
  /** Notices told one by one. */
  readonly notices: number;
  /** Edits of each, and UTF-16 units of a text. */
  readonly edits: number;
  readonly textMax: number;
}

const WHOLE: Extent = { notices: 20, edits: 3, textMax: 400 };
/** Kept text around a change. */
const CONTEXT_MAX = 60;
/** Wordings that share less than this are told one after the other. */
const SHARED_MIN = 0.5;

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
  const head: Line[] = isTest || total > 1 ? [[{ kind: 'text', text: heading }], []] : [];
  const left = total - told.length;
  const tail: Line[] = left === 0 ? [] : [[], [{ kind: 'text', text: `and ${left} more` }]];
  const bodies = told.flatMap((notice, index) => [...(index === 0 ? [] : [[]]), ...noticeLines(notice, extent)]);
  return [...head, ...bodies, ...tail];
}

function noticeLines(notice: Notice, extent: Extent): Line[] {
  const { summary, url, page, picture, article, text } = notice;
  const title = shorten(notice.title, extent.textMax);
  const link = page ?? url;
  const heading: Span = link === null ? { kind: 'strong', text: title } : { kind: 'link', text: title, url: link };
  const about = [article?.edition, article?.publishedAt, article?.topics.join(', ')].filter((one) => one);
  const links: Span[] = [
    ...(page !== null && url !== null ? [{ kind: 'link' as const, text: 'the agency’s page', url }] : []),
    ...(picture === null ? [] : [{ kind: 'link' as const, text: 'picture of the edit', url: `${picture}.svg` }]),
  ];
  return [
    [{ kind: 'strong', text: summary }, { kind: 'text', text: ': ' }, heading],
    ...(about.length === 0 ? [] : [[{ kind: 'text' as const, text: about.join(' · ') }]]),
    ...(text === null ? [] : [[{ kind: 'text' as const, text: shorten(text, extent.textMax) }]]),
    ...notice.edits.slice(0, extent.edits).map((edit) => editLine(edit, extent.textMax)),
    ...(links.length === 0
      ? []
      : [links.flatMap((one, at) => (at === 0 ? [one] : [{ kind: 'text' as const, text: ' · ' }, one]))]),
  ];
}

function editLine({ type, before, after }: Notice['edits'][number], textMax: number): Line {
  return [{ kind: 'text', text: `${type}: ` }, ...wordingSpans(before, after, textMax)];
}

/**
 * Both wordings in one line if they share enough, with unchanged parts shortened to the surroundings of the changes.
 */
function wordingSpans(before: string | null, after: string | null, textMax: number): Span[] {
  const parts = before === null || after === null ? [] : diffWordings(before, after);
  const kept = parts.reduce((sum, { kind, text }) => sum + (kind === 'kept' ? text.length : 0), 0);
  if (kept < SHARED_MIN * Math.max(1, before?.length ?? 0, after?.length ?? 0)) {
    return [
      ...(before === null ? [] : [{ kind: 'removed' as const, text: shorten(before, textMax) }]),
      ...(before === null || after === null ? [] : [{ kind: 'text' as const, text: ' → ' }]),
      ...(after === null ? [] : [{ kind: 'added' as const, text: shorten(after, textMax) }]),
    ];
  }
  let room = textMax;
  const spans: Span[] = [];
  for (const [index, { kind, text }] of parts.entries()) {
    if (room <= 0) break;
    const told = kind === 'kept' ? around(text, index === 0, index === parts.length - 1) : shorten(text, room);
    room -= told.length;
    spans.push({ kind: kind === 'kept' ? 'text' : kind, text: told });
  }
  return spans;
}

function around(text: string, isFirst: boolean, isLast: boolean): string {
  const characters = Array.from(text);
  if (characters.length <= 2 * CONTEXT_MAX) return text;
  const head = isFirst ? '' : characters.slice(0, CONTEXT_MAX).join('');
  const tail = isLast ? '' : characters.slice(-CONTEXT_MAX).join('');
  return `${head}…${tail}`;
}

/** From all that is told to as little as fits anything. */
const EXTENTS: readonly Extent[] = [
  WHOLE,
  { notices: 20, edits: 2, textMax: 150 },
  { notices: 10, edits: 1, textMax: 120 },
  { notices: 5, edits: 1, textMax: 80 },
  { notices: 1, edits: 1, textMax: 60 },
];

/**
 * Writes as much of a message as a form takes.
 *
 * @param write  Writes its lines in the form.
 * @param fits   Whether the form takes it.
 * @returns      The longest that fits; the shortest if none does. Pure.
 */
export function writeLines<Written>(
  message: Message,
  write: (lines: readonly Line[]) => Written,
  fits: (written: Written) => boolean,
): Written {
  const written = EXTENTS.map((extent) => () => write(messageLines(message, extent)));
  for (const attempt of written.slice(0, -1)) {
    const one = attempt();
    if (fits(one)) return one;
  }
  return write(messageLines(message, EXTENTS.at(-1) ?? WHOLE));
}

/** @returns lines as text of a form that writes each stretch for itself. Pure. */
export function joinLines(lines: readonly Line[], write: (span: Span) => string): string {
  return lines.map((line) => line.map(write).join('')).join('\n');
}
