import { createHash } from 'node:crypto';
import type { ComparableText } from './comparable-text.js';

/** 64 bits: tells the states of one article apart. */
const KEY_HEX_LENGTH = 16;

/**
 * Tells texts apart that a comparison may judge differently although they have one content hash: guards read capitals and signs, which the
 * hash does not. Links are decided anew when it changes.
 *
 * @returns 16 hex digits of everything `compareTexts` reads. Pure.
 */
export function comparedKey({ title, lead, body, dateline, language }: ComparableText): string {
  const parts = [title, lead, body.map(({ text }) => text), dateline, language];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, KEY_HEX_LENGTH);
}
