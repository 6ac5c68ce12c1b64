import { parseDocument } from 'htmlparser2';
import { judgeFreshness } from '../../../src/store/catalogue/judge-freshness.js';
import { feedRoutes } from '../../../src/web/selection-routes.js';
import { pageRoutes } from '../../../src/web/page-routes.js';
import type { WebStatus } from '../../../src/web/sources/views.js';
import { CatalogueHandle, type WebSources } from '../../../src/web/web-sources.js';
import { articleResult, opened, scratchFolder, type QueriedStore } from '../store/fixtures.js';
import { served } from './ask.js';

const NOW = '2024-05-10T12:00:00Z';
export const FAMILY = 'sputniknews.cn';

/** A store and, once it is asked for, a server of its pages; `more` and `moreStatus` are laid over what they read from. */
export async function emptySite(
  more: Partial<WebSources> = {},
  moreStatus: Partial<WebStatus> = {},
): Promise<{ readonly store: QueriedStore; readonly dataDir: string; readonly origin: () => Promise<string> }> {
  const dataDir = scratchFolder();
  const store = await opened(dataDir);
  const catalogue = new CatalogueHandle(dataDir);
  const sources: WebSources = {
    catalogue,
    topics: ['armenia', 'azerbaijan'],
    editions: [FAMILY, 'big5.sputniknews.cn'],
    languages: { [FAMILY]: 'zh-Hans', 'big5.sputniknews.cn': 'zh-Hant' },
    now: () => Date.parse(NOW),
    version: '0.0.0',
    status: () =>
      Promise.resolve({
        queues: null,
        freshness: judgeFreshness(catalogue.queries()?.freshness() ?? [], {
          editions: [FAMILY, 'big5.sputniknews.cn'].map((id) => ({ id, enabled: true })),
          topics: [],
          runs: [],
          limits: { gaps: 3, hoursMin: 6, unreadHours: 24 },
          nowMs: Date.parse(NOW),
        }),
        failingPages: { count: 0, pages: [] },
        runCounts: [],
        ...moreStatus,
      }),
    ...more,
  };
  return { store, dataDir, origin: () => served([feedRoutes(sources), pageRoutes(sources)]) };
}

/** `count` articles of the ten days before now, one a second. */
export async function siteOf(count: number): Promise<string> {
  const { store, origin } = await emptySite();
  for (let n = 0; n < count; n += 1) {
    const day = String(1 + (n % 9)).padStart(2, '0');
    await store.storePage(
      articleResult({
        at: n,
        articleId: String(1_000_000_100 + n),
        title: `Title ${n}`,
        text: `第${n}条新闻的全文 ${'内容'.repeat(n)}`,
        publishedAt: `2024-05-${day}T08:00:${String(n % 60).padStart(2, '0')}Z`,
      }),
    );
  }
  return origin();
}

interface Element {
  readonly name?: string;
  readonly attribs?: Record<string, string>;
  readonly children?: readonly Element[];
  readonly data?: string;
}

export function elements(body: string, name: string): Element[] {
  const found: Element[] = [];
  const walk = (nodes: readonly Element[]): void => {
    for (const node of nodes) {
      if (node.name === name) found.push(node);
      walk(node.children ?? []);
    }
  };
  walk(parseDocument(body).children);
  return found;
}

/** The words that people see of an element, in one line. */
export function textIn({ data = '', children = [] }: Element): string {
  return [data, ...children.map(textIn)].join('').replace(/\s+/g, ' ').trim();
}

export function hrefs(body: string): string[] {
  return elements(body, 'a').flatMap(({ attribs }) => attribs?.['href'] ?? []);
}
