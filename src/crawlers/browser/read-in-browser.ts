import { createHash } from 'node:crypto';
import type { Browser, BrowserContext, Frame, Page, Request, Route } from 'playwright';
import type { FetchTarget } from '../../domain/page.js';
import type { PageAnswer, UnpackedAnswer } from '../http/fetch-page.js';
import type { NetworkGuard, Endpoint } from '../http/network-guard.js';
import { ARTICLE_SELECTOR } from '../http/page-evidence.js';

export interface BrowserReadOptions {
  readonly guard: NetworkGuard;
  readonly userAgent: string;
  /** Answers one request of the page, politely; null: it may not be asked, or brought nothing. */
  readonly load: (target: FetchTarget, cookie: string | null) => Promise<UnpackedAnswer | null>;
  readonly bodyBytesMax: number;
  /** Time for the page to show an article after it was loaded. */
  readonly patienceMs: number;
}

/** What a page may load; pictures, fonts, films and everything else is not needed to read it. */
const LOADED_TYPES: ReadonlySet<string> = new Set(['document', 'script', 'xhr', 'fetch', 'stylesheet']);
/** Requests of one page, its own among them. */
const REQUESTS_MAX = 60;
/** Said of the body that is handed to the browser, or of the connection; not true of the page as the browser shows it. */
const TRANSPORT_HEADERS: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
]);

/**
 * Opens one page in a browser and waits until it shows an article.
 *
 * The browser has no network. Each of its GET requests is answered by our own HTTP client, so that guard, pinned DNS,
 * robots.txt, pace and body limit hold as for plain HTTP; everything else is refused. It sees the real URL, also
 * where the edition is fetched from a mirror.
 *
 * @returns  The page after its scripts ran, or null where its document could not be had or it went where it may not.
 * @throws   What Playwright throws when the browser breaks.
 */
export async function readInBrowser(
  browser: Browser,
  target: FetchTarget,
  options: BrowserReadOptions,
): Promise<PageAnswer | null> {
  const context = await browser.newContext({
    userAgent: options.userAgent,
    serviceWorkers: 'block',
    acceptDownloads: false,
  });
  try {
    const shown: { document: UnpackedAnswer | null } = { document: null };
    const page = await context.newPage();
    context.on('page', (popUp) => void popUp.close().catch(() => null)); // one that is gone already is closed
    await answerRequests(page, target, options, shown);
    // A page whose document is refused cannot be gone to; `shown` tells.
    await page.goto(target.url, { waitUntil: 'domcontentloaded' }).catch(() => null);
    if (shown.document === null) return null;
    await page.waitForSelector(ARTICLE_SELECTOR, { state: 'attached', timeout: options.patienceMs }).catch(() => null);
    const html = Buffer.from(await page.content(), 'utf8');
    // Sent elsewhere by its script, it shows the browser's own page of an error: nothing that the site said.
    if (endpointOf(options.guard, target, page.url()) === null) return null;
    return html.length > options.bodyBytesMax ? null : describe(shown.document, html);
  } finally {
    await context.close();
  }
}

async function answerRequests(
  page: Page,
  target: FetchTarget,
  options: BrowserReadOptions,
  shown: { document: UnpackedAnswer | null },
): Promise<void> {
  const context = page.context();
  let requests = 0;
  const answer = async (route: Route, request: Request): Promise<void> => {
    requests += 1;
    const frame = frameOf(request);
    const isAsked = requests <= REQUESTS_MAX && frame?.page() === page;
    const sub = isAsked ? targetOf(options.guard, target, request) : null;
    const answered = sub === null ? null : await options.load(sub, await cookieFor(context, sub.url));
    if (answered === null) {
      await route.abort('blockedbyclient');
      return;
    }
    if (request.isNavigationRequest() && frame === page.mainFrame()) shown.document = answered;
    const headers = Object.fromEntries(usefulHeaders(answered.answer.headers));
    await route.fulfill({ status: answered.answer.status, headers, body: answered.decoded });
  };
  // Nobody awaits a handler: what it throws would end the process. It throws when the page is closed under it, and then there
  // is nothing to be answered; else the page goes without this request.
  await context.route('**/*', (route, request) => answer(route, request).catch(() => route.abort().catch(() => null)));
}

/** The frame that asks; null for a pop-up, which has none yet, and for a worker. */
function frameOf(request: Request): Frame | null {
  try {
    return request.frame();
  } catch {
    return null; // Playwright throws where there is none.
  }
}

/** What the request asks for, as a URL of a configured edition, or null where it may not be asked. */
function targetOf(guard: NetworkGuard, page: FetchTarget, request: Request): FetchTarget | null {
  if (request.method() !== 'GET' || !LOADED_TYPES.has(request.resourceType())) return null;
  const endpoint = endpointOf(guard, page, request.url());
  return endpoint === null ? null : { ...page, edition: endpoint.edition, url: endpoint.realUrl };
}

/** Where a URL that the page names is asked for, or null where it is on no configured host. */
function endpointOf(guard: NetworkGuard, page: FetchTarget, url: string): Endpoint | null {
  const own = guard.endpointOf(page.edition, page.url);
  return own === null ? null : (guard.endpointOf(page.edition, url) ?? guard.follow(own, url));
}

async function cookieFor(context: BrowserContext, url: string): Promise<string | null> {
  const cookies = await context.cookies(url);
  return cookies.length === 0 ? null : cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
}

function describe(document: UnpackedAnswer, html: Buffer): PageAnswer {
  const { answer, finalUrl } = document;
  const headers = usefulHeaders(answer.headers);
  return {
    kind: 'answer',
    answer: { status: answer.status, statusText: answer.statusText, headers, body: html },
    decoded: html,
    bodySha256: createHash('sha256').update(html).digest('hex'),
    finalUrl,
    via: 'browser',
  };
}

function usefulHeaders(headers: UnpackedAnswer['answer']['headers']): (readonly [string, string])[] {
  return headers.filter(([name]) => !TRANSPORT_HEADERS.has(name.toLowerCase()));
}
