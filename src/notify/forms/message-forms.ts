import { createHmac } from 'node:crypto';
import { escapeMarkup } from '../../export/safe-markup.js';
import { type Message, shorten } from '../notices/notice.js';
import { headingOf, joinLines, type Span, writeLines } from './message-lines.js';
import type { TargetForm } from '../../config/config.js';

/** Limits of the services, in UTF-16 units unless the name says otherwise. */
const SLACK_CHARACTERS_MAX = 12_000;
const MATTERMOST_CHARACTERS_MAX = 14_000;
const DISCORD_CHARACTERS_MAX = 2_000;
const TELEGRAM_CHARACTERS_MAX = 4_096;
const NTFY_BYTES_MAX = 3_900;
const HEADING_MAX = 250;

/**
 * Slack: blocks of rich text, in which no character is special. The fallback text escapes what Slack would read as mentions and links.
 * Source: api.slack.com/reference/block-kit/blocks#rich_text.
 */
export function slackBody(message: Message): object {
  const write = (lines: readonly (readonly Span[])[]) => ({
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: lines.flatMap((line) => [...line.flatMap(slackElement), { type: 'text', text: '\n' }]),
      },
    ],
  });
  const block = writeLines(message, write, (written) => JSON.stringify(written).length <= SLACK_CHARACTERS_MAX);
  const fallback = shorten(headingOf(message), HEADING_MAX).replace(/[&<>]/g, slackEntity);
  return { text: fallback, blocks: [block], unfurl_links: false, unfurl_media: false };
}

function slackEntity(character: string): string {
  return character === '&' ? '&amp;' : character === '<' ? '&lt;' : '&gt;';
}

function slackElement({ kind, text, url }: Span): object[] {
  if (text === '') return [];
  if (kind === 'link') return [{ type: 'link', url, text }];
  const style = kind === 'removed' ? { strike: true } : kind === 'text' ? null : { bold: true };
  return [{ type: 'text', text, ...(style === null ? {} : { style }) }];
}

/** Mattermost: Markdown. A joiner behind each `@` prevents mentions. */
export function mattermostBody(message: Message): object {
  const write = (lines: readonly (readonly Span[])[]): string =>
    joinLines(lines, (span) => markdownSpan(span, { removed: '~~', added: '**' }));
  return { text: writeLines(message, write, (text) => text.length <= MATTERMOST_CHARACTERS_MAX) };
}

/** Discord: Markdown without mentions. Flag 4: no previews of links. */
export function discordBody(message: Message): object {
  const write = (lines: readonly (readonly Span[])[]): string =>
    joinLines(lines, (span) => markdownSpan(span, { removed: '~~', added: '__' }));
  const content = writeLines(message, write, (text) => text.length <= DISCORD_CHARACTERS_MAX);
  return { content: shorten(content, DISCORD_CHARACTERS_MAX), allowed_mentions: { parse: [] }, flags: 4 };
}

/** Characters that are special in the Markdown of one of these services. */
const MARKDOWN = /[\\`*_{}[\]()<>#+\-.!|~:]/g;
const JOINER = '\u2060';

function markdownSpan({ kind, text, url }: Span, marks: { readonly removed: string; readonly added: string }): string {
  const plain = escapeMarkdown(text);
  if (kind === 'text') return plain;
  // Brackets and spaces cannot stand in the target.
  if (kind === 'link') return `[${plain}](<${(url ?? '').replace(/[<>\\\s]/g, encodeURIComponent)}>)`;
  const mark = kind === 'strong' ? '**' : marks[kind];
  // Marks work only next to a letter, so spaces stay outside of them.
  const inner = plain.trim();
  if (inner === '') return plain;
  const start = plain.length - plain.trimStart().length;
  return `${plain.slice(0, start)}${mark}${inner}${mark}${plain.slice(start + inner.length)}`;
}

function escapeMarkdown(text: string): string {
  return text.replace(MARKDOWN, '\\$&').replaceAll('@', `@${JOINER}`);
}

/** Telegram: its HTML, which has few elements, without previews of links. Source: core.telegram.org/bots/api#html-style. */
export function telegramBody(message: Message, chat: string | null): object {
  const write = (lines: readonly (readonly Span[])[]): string => joinLines(lines, htmlSpan);
  return {
    chat_id: chat,
    text: writeLines(message, write, (text) => text.length <= TELEGRAM_CHARACTERS_MAX),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
  };
}

/** A span as HTML for mail programs and Telegram. */
function htmlSpan({ kind, text, url }: Span): string {
  const plain = escapeMarkup(text);
  switch (kind) {
    case 'text':
      return plain;
    case 'strong':
      return `<b>${plain}</b>`;
    case 'removed':
      return `<s>${plain}</s>`;
    case 'added':
      return `<u>${plain}</u>`;
    case 'link':
      return `<a href="${escapeMarkup(url ?? '')}">${plain}</a>`;
  }
}

/**
 * ntfy: published as JSON at the root of the server, so that no text stands in a header. Source: docs.ntfy.sh/publish/#publish-as-json.
 *
 * @param topic  Last part of the path of its URL.
 */
export function ntfyBody(message: Message, topic: string): object {
  const write = (lines: readonly (readonly Span[])[]): string => joinLines(lines, plainSpan);
  const [first] = message.notices;
  const click = message.total > 1 ? null : (first?.page ?? first?.url ?? null);
  return {
    topic,
    title: shorten(headingOf(message), HEADING_MAX),
    message: writeLines(message, write, (text) => Buffer.byteLength(text) <= NTFY_BYTES_MAX),
    ...(click === null ? {} : { click }),
  };
}

/** A span as plain text. */
function plainSpan({ kind, text, url }: Span): string {
  if (kind === 'removed') return `[-${text}-]`;
  if (kind === 'added') return `{+${text}+}`;
  return kind === 'link' ? `${text} ${url ?? ''}` : text;
}

const SUBJECT_MAX = 200;
const CHARACTERS_MAX = 200_000;

/** The content of an e-mail; the sender encodes the headers. */
interface EmailText {
  /** On one line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** @returns the e-mail, as text and as HTML that loads nothing. Pure. */
export function emailText(message: Message): EmailText {
  const written = (write: (span: Span) => string): string =>
    writeLines(
      message,
      (lines) => joinLines(lines, write),
      (text) => text.length <= CHARACTERS_MAX,
    );
  const html = written(htmlSpan).replaceAll('\n', '<br>\n');
  const subject = shorten(`[sputnik] ${headingOf(message)}`, SUBJECT_MAX).replace(/\p{Cc}/gu, ' ');
  return {
    subject,
    text: `${written(plainSpan)}\n`,
    html: `<!doctype html><meta charset="utf-8"><p dir="auto">${html}</p>\n`,
  };
}

/** A target whose secrets were read. */
interface WebhookTarget {
  readonly form: Exclude<TargetForm, 'email'>;
  readonly url: string;
  readonly secret: string | null;
  readonly token: string | null;
  readonly chat: string | null;
}

/** What goes over the wire. */
export interface WebhookRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Writes a message in the form of its target, signed if there is a secret: `X-Sputnik-Signature: sha256=<hex>` is the HMAC-SHA256 of
 * `<X-Sputnik-Timestamp>.<body>`. `Idempotency-Key` is the message's id, the same at each try.
 *
 * @param nowMs  Milliseconds since the epoch. Pure.
 */
export function webhookRequest(
  target: WebhookTarget,
  message: Message,
  nowMs: number,
  userAgent: string,
): WebhookRequest {
  const url = new URL(target.url);
  const body = JSON.stringify(bodyOf(target, message, url));
  const timestamp = String(Math.floor(nowMs / 1_000));
  const { secret, token } = target;
  const signature = secret === null ? null : createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': userAgent,
    'idempotency-key': message.id,
    'x-sputnik-timestamp': timestamp,
    ...(signature === null ? {} : { 'x-sputnik-signature': `sha256=${signature}` }),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  return { url: target.form === 'ntfy' ? new URL(rootOf(url), url) : url, headers, body };
}

function bodyOf({ form, chat }: WebhookTarget, message: Message, url: URL): object {
  switch (form) {
    case 'json':
      return message;
    case 'slack':
      return slackBody(message);
    case 'mattermost':
      return mattermostBody(message);
    case 'discord':
      return discordBody(message);
    case 'telegram':
      return telegramBody(message, chat);
    case 'ntfy':
      return ntfyBody(message, url.pathname.slice(rootOf(url).length));
  }
}

/** The path without the topic. */
function rootOf({ pathname }: URL): string {
  return pathname.slice(0, pathname.lastIndexOf('/') + 1);
}
