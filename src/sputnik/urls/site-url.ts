/** Longest address that is looked at, in UTF-16 units, before and after it was normalised. */
export const ADDRESS_LENGTH_MAX = 2048;

/** What may not stand in an address as written: controls, backslashes, and halves of surrogate pairs. */
const FORBIDDEN_RAW =
  /[\u0000-\u001f\u007f-\u009f\\]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
/** The same once percent-encoded, and an encoded slash, which servers and file systems read differently. */
const FORBIDDEN_ENCODED = /%(?:[01][0-9A-F]|7F|2F|5C)/;
const ASCII_SPACE_AROUND = /^[\t\n\f\r ]+|[\t\n\f\r ]+$/g;

/**
 * Reads an address as it stands in a page, the way a browser does, but refuses what no site of ours writes.
 *
 * @param href  Absolute or (with `base`) relative address, white space around it allowed, at most 2048 units.
 * @param base  Absolute address of the page it stood on.
 * @returns     http(s) URL with lower-case host without trailing dot, default port, no credentials, path with
 *              normalised percent-encoding; or null for anything else: other schemes, other ports, credentials,
 *              controls, backslashes, encoded slashes, longer addresses.
 *
 * Pure and idempotent. Dot segments are resolved (WHATWG URL), so the path never leads above the root.
 */
export function readSiteUrl(href: string, base?: string): URL | null {
  if (href.length > ADDRESS_LENGTH_MAX) return null;
  const trimmed = href.replace(ASCII_SPACE_AROUND, '');
  if (trimmed === '' || FORBIDDEN_RAW.test(trimmed) || !URL.canParse(trimmed, base)) return null;
  const url = new URL(trimmed, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.username !== '' || url.password !== '') return null;
  url.hostname = url.hostname.replace(/\.$/, '');
  url.pathname = normalisePath(url.pathname);
  if (FORBIDDEN_ENCODED.test(url.pathname) || url.href.length > ADDRESS_LENGTH_MAX) return null;
  return url;
}

/**
 * One spelling of a path's percent-encoding (RFC 3986, §6.2.2): upper-case hex, unreserved characters plain,
 * a percent sign that begins no escape written `%25`.
 */
function normalisePath(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})|%/g, (escape, hex: string | undefined) => {
    if (hex === undefined) return '%25';
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : escape.toUpperCase();
  });
}
