import { isUtf8 } from 'node:buffer';
import { LIMITS } from './capture-format.js';

/** Header fields in order, repeats kept; the form of WARC, HTTP and warc-fields alike. */
export type NamedFields = readonly (readonly [name: string, value: string])[];

/**
 * Writes fields as lines. Neither name nor value can start a line of its own: CR, LF and NUL in a value become a space,
 * whatever is no token character in a name becomes `_`, a field without a name is left out.
 *
 * @param fields  At most {@link LIMITS.headerFieldsMax} are written; longer lists are cut and end with `X-Crawler-Fields-Dropped`.
 */
export function encodeFields(fields: NamedFields): string {
  let text = '';
  let kept = 0;
  for (const [name, value] of fields) {
    const line = `${fieldName(name)}: ${fieldValue(value)}\r\n`;
    if (name === '') continue;
    if (kept === LIMITS.headerFieldsMax || text.length + line.length > LIMITS.headBytesMax / 4) {
      return `${text}X-Crawler-Fields-Dropped: ${fields.length - kept}\r\n`;
    }
    text += line;
    kept += 1;
  }
  return text;
}

/** @returns the text with CR, LF and NUL made harmless. */
export function fieldValue(value: string): string {
  return value.replace(/[\0\r\n]+/g, ' ').trim();
}

function fieldName(name: string): string {
  return name.replace(/[^!#$%&'*+.^_`|~0-9A-Za-z-]/g, '_');
}

/**
 * Reads lines of `Name: value`. Bare line feeds, folded lines and lines without a colon (ignored) are accepted: other people's
 * files have them.
 *
 * @param text  Without the line that precedes the fields and without the empty line that ends them.
 */
export function decodeFields(text: string): NamedFields {
  const fields: [string, string][] = [];
  for (const line of text.split(/\r?\n/)) {
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last) {
      last[1] = `${last[1]} ${line.trim()}`.trim();
      continue;
    }
    const colon = line.indexOf(':');
    if (colon > 0) fields.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
    if (fields.length === LIMITS.headerFieldsMax + 1) break;
  }
  return fields;
}

/** @returns the first value of the field, case of the name ignored; null if there is none or it is empty. */
export function fieldOf(fields: NamedFields, name: string): string | null {
  const wanted = name.toLowerCase();
  const found = fields.find((field) => field[0].toLowerCase() === wanted);
  return found === undefined || found[1] === '' ? null : found[1];
}

/**
 * @returns the bytes as text: UTF-8 if they are that, else ISO 8859-1, which loses nothing.
 */
export function headerText(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}
