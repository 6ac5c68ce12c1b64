import type { Browser, BrowserContext, Frame, Page, Request, Route } from 'playwright';
import { ARTICLE_SELECTOR } from '../../sputnik/extractors/classify-page.js';
import type { LoadPart } from './browser-process.js';
import type { PageTask, ShownPage } from './driver-messages.js';

/** What a page may load; pictures, fonts, films and everything else is not needed to read it. */
const LOADED_TYPES: ReadonlySet<string> = new Set(['document', 'script', 'xhr', 'fetch', 'stylesheet']);
/** Requests of one page, its own among them. */
const REQUESTS_MAX = 60;

/**
 * Opens one page in a browser and waits until it shows an article.
 *
 * The browser has no network. Each of its GET requests is answered through `load`, by our own HTTP client, so that
 * network guard, pinned DNS, robots.txt, pace and body limit apply as for plain HTTP. All other requests are refused.
 * The browser sees the real URL, even if the edition is fetched from a mirror.
 *
 * @returns  The page after its scripts ran, or null where its document could not be had, or grew too long.
 * @throws   What Playwright throws when the browser breaks.
 */
export async function readInBrowser(browser: Browser, task: PageTask, load: LoadPart): Promise<ShownPage | null> {
  const context = await browser.newContext({
    userAgent: task.userAgent,
    serviceWorkers: 'block',
    acceptDownloads: false,
  });
  try {
    const page = await context.newPage();
    context.on('page', (popUp) => void popUp.close().catch(() => null)); // one that is gone already is closed
    const crash = new Promise<never>((_, reject) => {
      page.once('crash', () => {
        reject(new Error('what shows the page has ended'));
      });
    });
    return await Promise.race([show(page, task, load), crash]);
  } finally {
    await context.close();
  }
}

async function show(page: Page, task: PageTask, load: LoadPart): Promise<ShownPage | null> {
  const shown = await answerRequests(page, load);
  // A page whose document is refused cannot be gone to; `shown` tells.
  await page.goto(task.url, { waitUntil: 'domcontentloaded' }).catch(() => null);
  if (!shown.document) return null;
  await page.waitForSelector(ARTICLE_SELECTOR, { state: 'attached', timeout: task.patienceMs }).catch(() => null);
  const html = Buffer.from(await htmlOf(page, task.bodyBytesMax), 'utf8');
  return html.length === 0 || html.length > task.bodyBytesMax ? null : { url: page.url(), html };
}

/** @returns whether the page's own document has been had, which changes. */
async function answerRequests(page: Page, load: LoadPart): Promise<{ readonly document: boolean }> {
  const context = page.context();
  const shown = { document: false };
  let requests = 0;
  const answer = async (route: Route, request: Request): Promise<void> => {
    requests += 1;
    const frame = frameOf(request);
    const isAsked = requests <= REQUESTS_MAX && frame?.page() === page && mayBeAsked(request);
    const isDocument = isAsked && request.isNavigationRequest() && frame === page.mainFrame();
    const part = isAsked ? await load(request.url(), await cookieFor(context, request.url()), isDocument) : null;
    if (part === null) {
      await route.abort('blockedbyclient');
      return;
    }
    if (isDocument) shown.document = true;
    await route.fulfill({ status: part.status, headers: { ...part.headers }, body: Buffer.from(part.body) });
  };
  // Nothing awaits a handler, so an error in it would end the process. It throws when the page is closed meanwhile, and
  // then no answer is needed; otherwise the page does without this request.
  await context.route('**/*', (route, request) => answer(route, request).catch(() => route.abort().catch(() => null)));
  return shown;
}

/** The frame that asks; null for a pop-up, which has none yet, and for a worker. */
function frameOf(request: Request): Frame | null {
  try {
    return request.frame();
  } catch {
    return null; // Playwright throws where there is none.
  }
}

function mayBeAsked(request: Request): boolean {
  return request.method() === 'GET' && LOADED_TYPES.has(request.resourceType());
}

async function cookieFor(context: BrowserContext, url: string): Promise<string | null> {
  const cookies = await context.cookies(url);
  return cookies.length === 0 ? null : cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
}

/** The document as it stands, measured in the page before it is handed over, by a script of ours in a world that the page cannot reach; '' where it is longer. */
async function htmlOf(page: Page, charactersMax: number): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const expression = `((html) => html.length > ${charactersMax} ? '' : html)(
    (document.doctype === null ? '' : new XMLSerializer().serializeToString(document.doctype)) +
    (document.documentElement === null ? '' : document.documentElement.outerHTML))`;
  const { result } = await session.send('Runtime.evaluate', {
    contextId: executionContextId,
    expression,
    returnByValue: true,
  });
  return typeof result.value === 'string' ? result.value : '';
}
