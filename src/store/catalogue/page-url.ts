/** Reads the address of a page `p` of edition `e`: kept as its path where it is on the edition's own host. */
export const PAGE_URL = `iif(substr(p.url, 1, 1) = '/', 'https://' || e.name || p.url, p.url) AS url`;

/** The form that {@link PAGE_URL} reads. */
export function keptUrl(edition: string, url: string): string {
  const origin = `https://${edition}`;
  return url.startsWith(`${origin}/`) ? url.slice(origin.length) : url;
}
