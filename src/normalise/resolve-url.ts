const ADDRESS_LENGTH_MAX = 2048;

/**
 * @param href  As a page writes it, perhaps relative.
 * @param base  Absolute address of the page.
 * @returns     Absolute http(s) address without fragment, at most 2048 units; null where it is none (`javascript:`, `data:`).
 */
export function resolveUrl(href: string, base: string): string | null {
  const text = href.trim();
  if (text === '' || text.length > ADDRESS_LENGTH_MAX || !URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  url.hash = '';
  return url.href.length > ADDRESS_LENGTH_MAX ? null : url.href;
}
