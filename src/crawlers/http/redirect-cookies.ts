import { CookieJar } from 'tough-cookie';

/** The cookies of one page's redirects: each host has its own, whatever `Domain` they name, and none outlives the page. */
export class RedirectCookies {
  readonly #jars = new Map<string, CookieJar>();

  /** @param realUrl  Of the answer. What cannot be read, or is of another site, is passed over, as browsers do. */
  set(realUrl: string, setCookie: readonly string[]): void {
    const { host } = new URL(realUrl);
    const jar = this.#jars.get(host) ?? new CookieJar();
    this.#jars.set(host, jar);
    for (const cookie of setCookie) jar.setCookieSync(cookie, realUrl, { ignoreError: true });
  }

  /** @returns the Cookie header for a request, empty where there are none. */
  for(realUrl: string): string {
    return this.#jars.get(new URL(realUrl).host)?.getCookieStringSync(realUrl) ?? '';
  }
}
