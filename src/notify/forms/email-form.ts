import type { Message } from '../notices/notice.js';
import { shorten } from '../notices/plain-text.js';
import { htmlSpan, plainSpan } from './chat-forms.js';
import { headingOf, joinLines, writeLines, type Span } from './message-lines.js';

const SUBJECT_MAX = 200;
const CHARACTERS_MAX = 200_000;

/** The content of an e-mail; the sender encodes the headers. */
interface EmailText {
  /** On one line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** @returns the e-mail, as text and as HTML without anything that is loaded. Pure. */
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
