import { readCapture } from '../captures/read-capture.js';
import type { DiscoveryRoute } from '../domain/edition.js';
import { PermanentError } from '../domain/errors.js';
import type { ListJob } from '../queue/page-jobs.js';
import type { AddressBook } from '../sputnik/address-book.js';
import { decodeHtml } from '../sputnik/decode-html.js';
import { parseList, type ListKind } from '../sputnik/parse-list.js';
import type { ListSettlement } from '../store/settlement.js';

/** What reading captured lists needs. */
export interface ListReader {
  readonly dataDir: string;
  readonly bodyBytesMax: number;
}

const ROUTE_OF_KIND: Readonly<Record<ListKind, DiscoveryRoute>> = {
  feed: 'feed',
  sitemapIndex: 'sitemap',
  sitemap: 'sitemap',
  tag: 'tag',
  more: 'tag',
  day: 'day',
};

/**
 * Reads a captured list again, for the ledger: which pages it announced.
 *
 * @throws {PermanentError} `list.notAList`, and what `readCapture` throws.
 */
export function readListCapture(job: ListJob, reader: ListReader, addresses: AddressBook): ListSettlement {
  if (job.pageKind === 'article' || job.pageKind === 'robots') {
    throw new PermanentError(`wanted a list, found a ${job.pageKind}`, { code: 'list.notAList' });
  }
  const captured = readCapture(reader.dataDir, job.capture, { bodyBytesMax: reader.bodyBytesMax });
  if (captured.kind !== 'response') {
    throw new PermanentError(`wanted a captured list, found ${captured.kind}`, { code: 'list.notAList' });
  }
  const { text } = decodeHtml(captured.body, captured.contentType);
  const { items } = parseList(job.pageKind, text, job.url, addresses);
  const { pathname } = new URL(job.url);
  return {
    capture: job.capture,
    listUrl: job.url,
    route: ROUTE_OF_KIND[job.pageKind],
    tagPath: job.pageKind === 'tag' ? pathname : null,
    pages: items
      .filter(({ address }) => address.edition === job.edition)
      .map(({ address }) => ({ pageId: address.pageId, family: address.family, url: address.url })),
  };
}
