import { createHash } from 'node:crypto';
import type { BodyBlock, Tag } from '../domain/article.js';

/** What makes two states of an article differ. */
export interface StateText {
  readonly title: string;
  readonly lead: string | null;
  readonly body: readonly BodyBlock[];
  readonly tags: readonly Pick<Tag, 'name'>[];
}

/** 64 bits: one page has a handful of states. */
const KEY_HEX_LENGTH = 16;

/**
 * Tells states of one article apart: two states have the same key if title, lead, body blocks (type and text, in order) and tag names
 * (in order) are equal but for white space. Addresses of tags are left out: the older engines show none.
 *
 * @returns 16 hex digits. Pure. Errs towards seeing an edit.
 */
export function stateKey(state: StateText): string {
  const parts = [
    state.title,
    state.lead ?? '',
    state.body.map((block) => [block.type, withoutWhiteSpace(block.text)]),
    state.tags.map((tag) => withoutWhiteSpace(tag.name)),
  ].map((part) => (typeof part === 'string' ? withoutWhiteSpace(part) : part));
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, KEY_HEX_LENGTH);
}

function withoutWhiteSpace(text: string): string {
  return text.replace(/\s+/gu, '');
}
