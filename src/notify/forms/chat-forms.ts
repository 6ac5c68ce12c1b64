import { escapeMarkup } from '../../export/safe-markup.js';
import type { Message } from '../notices/notice.js';
import { shorten } from '../notices/plain-text.js';
import { headingOf, joinLines, writeLines, type Span } from './message-lines.js';

/** Limits of the services, in UTF-16 units where nothing else is said. */
const SLACK_CHARACTERS_MAX = 12_000;
const MATTERMOST_CHARACTERS_MAX = 14_000;
const DISCORD_CHARACTERS_MAX = 2_000;
const TELEGRAM_CHARACTERS_MAX = 4_096;
const NTFY_BYTES_MAX = 3_900;
const HEADING_MAX = 250;

/**
 * Slack: blocks of rich text, in which no character means anything; the fallback escapes what Slack reads as mentions and links.
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

/** Mattermost: Markdown. Mentions are cut by a joiner behind the `@`. */
export function mattermostBody(message: Message): object {
  const write = (lines: readonly (readonly Span[])[]): string =>
    joinLines(lines, (span) => markdownSpan(span, { removed: '~~', added: '**' }));
  return { text: writeLines(message, write, (text) => text.length <= MATTERMOST_CHARACTERS_MAX) };
}

/** Discord: Markdown; nobody is mentioned whatever the text says. Flag 4: no previews of links. */
export function discordBody(message: Message): object {
  const write = (lines: readonly (readonly Span[])[]): string =>
    joinLines(lines, (span) => markdownSpan(span, { removed: '~~', added: '__' }));
  const content = writeLines(message, write, (text) => text.length <= DISCORD_CHARACTERS_MAX);
  return { content: shorten(content, DISCORD_CHARACTERS_MAX), allowed_mentions: { parse: [] }, flags: 4 };
}

/** Everything that Markdown of either service reads as more than a character. */
const MARKDOWN = /[\\`*_{}[\]()<>#+\-.!|~:]/g;
const JOINER = '\u2060';

function markdownSpan({ kind, text, url }: Span, marks: { readonly removed: string; readonly added: string }): string {
  const plain = escapeMarkdown(text);
  if (kind === 'text') return plain;
  // Brackets and spaces cannot stand in the target.
  if (kind === 'link') return `[${plain}](<${(url ?? '').replace(/[<>\\\s]/g, encodeURIComponent)}>)`;
  const mark = kind === 'strong' ? '**' : marks[kind];
  // Marks count only next to a letter: spaces stay outside.
  const inner = plain.trim();
  if (inner === '') return plain;
  const start = plain.length - plain.trimStart().length;
  return `${plain.slice(0, start)}${mark}${inner}${mark}${plain.slice(start + inner.length)}`;
}

function escapeMarkdown(text: string): string {
  return text.replace(MARKDOWN, '\\$&').replaceAll('@', `@${JOINER}`);
}

/** Telegram: its HTML, which knows few elements; links are not looked at. Source: core.telegram.org/bots/api#html-style. */
export function telegramBody(message: Message, chat: string | null): object {
  const write = (lines: readonly (readonly Span[])[]): string => joinLines(lines, htmlSpan);
  return {
    chat_id: chat,
    text: writeLines(message, write, (text) => text.length <= TELEGRAM_CHARACTERS_MAX),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
  };
}

/** A stretch as HTML that mail programs and Telegram know. */
export function htmlSpan({ kind, text, url }: Span): string {
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

/** A stretch as text that nothing is read into. */
export function plainSpan({ kind, text, url }: Span): string {
  if (kind === 'removed') return `[-${text}-]`;
  if (kind === 'added') return `{+${text}+}`;
  return kind === 'link' ? `${text} ${url ?? ''}` : text;
}
