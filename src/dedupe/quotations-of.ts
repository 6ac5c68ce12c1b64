import type { Mention } from './names-of.js';
import { compactText } from './compact-text.js';

/** Opening and closing signs are not told apart: pages mix them (`"…”`). */
const QUOTED = /[“"„«「『]([^“”"„«»「」『』]{2,2000})[”"“»」』]/gu;

/**
 * @param text  A paragraph.
 * @returns     Its quotations without the signs around them, in reading order.
 *
 * Pure. Errs towards seeing one: a name in quotation marks is a quotation. Quotations inside quotations are cut there.
 */
export function quotationsOf(text: string): Mention[] {
  return Array.from(text.matchAll(QUOTED), ({ 1: wording = '' }) => ({ wording, key: compactText(wording) }));
}
