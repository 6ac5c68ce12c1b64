import { createHash } from 'node:crypto';
import { z } from 'zod';
import { NOTICE_KINDS } from '../../config/config.js';

/** Notices that one message holds; of more it says how many. */
export const NOTICES_MAX = 200;
/** Longest text of a notice, in UTF-16 units. */
export const NOTICE_TEXT_MAX = 2_000;

const text = z.string().max(NOTICE_TEXT_MAX);

/** One thing that happened, as it is told; texts without control and direction characters. */
export const noticeSchema = z.strictObject({
  /** The same for the same event, however often it is found. */
  id: z.string().max(400),
  kind: z.enum(NOTICE_KINDS),
  /** UTC instant at which it was seen. */
  at: z.string(),
  /** What happened, in our words: `Edited: headline, number`. */
  summary: text,
  /** The title of the article, or the subject: an edition. */
  title: text,
  /** More of it: the lead, or a reason. */
  text: text.nullable(),
  /** On the agency's site. */
  url: z.string().nullable(),
  /** On the web page of `serve`; null where `notify.publicUrl` is not set. */
  page: z.string().nullable(),
  /** For an edit: the URL of its picture, without `.svg` and `.png`. */
  picture: z.string().nullable(),
  article: z
    .strictObject({
      id: z.string(),
      edition: z.string(),
      language: z.string(),
      publishedAt: z.string().nullable(),
      topics: z.array(z.string()),
    })
    .nullable(),
  /** The first of the substantive edits, both wordings. */
  edits: z.array(z.strictObject({ type: z.string(), before: text.nullable(), after: text.nullable() })),
});
export type Notice = z.infer<typeof noticeSchema>;

/** Why several notices are told in one message. */
const GATHERED = ['digest', 'quiet', 'limit', 'edits'] as const;

/** A message to one target; a webhook of form `json` is exactly this. */
export const messageSchema = z.strictObject({
  v: z.literal(1),
  /** The same however often it is sent; also in the header `Idempotency-Key`. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  rule: z.string(),
  target: z.string(),
  createdAt: z.string(),
  /** Null: told at once. */
  gathered: z.enum(GATHERED).nullable(),
  /** By `sputnik notify test`. */
  isTest: z.boolean(),
  /** Number of events, which may be more than are listed one by one. */
  total: z.int().positive(),
  notices: z.array(noticeSchema).max(NOTICES_MAX),
});
export type Message = z.infer<typeof messageSchema>;

/** @returns the id of the message of a rule to a target about these events: the same for the same. Pure. */
export function messageId(rule: string, target: string, events: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify([rule, target, ...events]));
  return digest.digest('hex').slice(0, 32);
}

const SPACES = /[\p{Cc}\p{Zs}\p{Zl}\p{Zp}]+/gu;
/** Direction marks and overrides, invisible separators, tags, halves of characters. */
const HIDDEN =
  /[\p{Cs}\u{AD}\u{61C}\u{180E}\u{200B}\u{200E}\u{200F}\u{202A}-\u{202E}\u{2060}-\u{206F}\u{FEFF}\u{E0000}-\u{E007F}]/gu;

/**
 * Makes text of a page safe for a message: one line, without characters that hide text or change its direction.
 *
 * @param lengthMax  In UTF-16 units; a longer one ends with `…`.
 *
 * Pure. Joiners (U+200C, U+200D) stay: Persian and emoji need them.
 */
export function plainText(text: string, lengthMax: number): string {
  const plain = text
    .slice(0, 4 * lengthMax)
    .replace(HIDDEN, '')
    .replace(SPACES, ' ')
    .trim();
  return shorten(plain, lengthMax);
}

/** Shortens unchanged text to what is near a change: its end if it is the first part, its beginning if it is the last, else both. Pure. */
export function nearChanges(text: string, contextMax: number, isFirst: boolean, isLast: boolean): string {
  const characters = Array.from(text);
  if (characters.length <= 2 * contextMax) return text;
  const head = isFirst ? '' : characters.slice(0, contextMax).join('');
  const tail = isLast ? '' : characters.slice(-contextMax).join('');
  return `${head}…${tail}`;
}

/** Cuts a text, but not within a character. Pure. */
export function shorten(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const cut = text.slice(0, Math.max(0, lengthMax - 1));
  return `${cut.replace(/[\uD800-\uDBFF]$/, '').trimEnd()}…`;
}
