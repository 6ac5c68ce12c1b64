import type { FetchedResponse } from '../domain/fetched.js';
import type { UrlRules } from '../sputnik/urls/url-rules.js';
import { isLoss, type ProblemReason } from './crawl-tally.js';
import type { FetchEngine } from './fetch-engine.js';
import type { ListRequest, ListResult, ReadList } from './list-reading.js';
import { readListBytes } from './read-list-bytes.js';
import type { RobotsRulesCache } from './robots-cache.js';
import type { RunRecord } from './run-record.js';

export interface ListReaderOptions {
  readonly engine: FetchEngine;
  readonly robots: RobotsRulesCache;
  readonly record: RunRecord;
  readonly addresses: UrlRules;
}

/** Asks for lists, names what is wrong with each, and reads it once. */
export function createListReader(options: ListReaderOptions): ReadList {
  const { engine, robots, record, addresses } = options;

  function fail(request: ListRequest, reason: ProblemReason, detail: string): ListResult {
    const { edition, url, foundBy } = request;
    record.problem({ edition: edition.id, foundBy, url, reason, detail });
    return { kind: 'failed', reason };
  }

  return async (request) => {
    const { edition, kind, url, foundBy } = request;
    if (!(await robots.prepare(edition))) return { kind: 'stopped' };
    if (!robots.allows(edition.id, url)) return fail(request, 'robots', 'robots.txt does not allow it');
    const fetched = await engine.fetch({ kind, edition: edition.id, url, pageId: null, foundBy });
    if (fetched === null) return { kind: 'stopped' };
    const { result, decoded } = fetched;
    if (result.kind === 'failure') {
      record.failed(edition.id, result.reason, result.detail);
      return fail(request, result.reason, result.detail);
    }
    if (result.kind === 'notModified' || decoded === null) return fail(request, 'empty', 'an answer without a body');
    if (result.status >= 300) {
      record.answered(edition.id);
      return fail(request, 'notFound', `HTTP ${result.status}`);
    }
    const reading = readListBytes(request, decoded, contentTypeOf(result), addresses);
    const { sightings, next, children, isForeign, problems } = reading;
    if (isForeign) return blocked(request, problems[0]?.detail ?? 'no list of this kind');
    const broken = problems.find(({ code }) => isLoss({ reason: code, foundBy }));
    if (broken !== undefined && sightings.length + children.length === 0) {
      record.failed(edition.id, broken.code, broken.detail);
      return fail(request, broken.code, broken.detail);
    }
    record.answered(edition.id);
    record.list(edition.id, foundBy, sightings.length);
    for (const { code, detail } of problems) fail(request, code, detail);
    return { kind: 'read', sightings, next, children };
  };

  /** A block page answers 200; for the edition that is as good as no answer. */
  function blocked(request: ListRequest, detail: string): ListResult {
    record.failed(request.edition.id, 'blocked', detail);
    return fail(request, 'blocked', detail);
  }
}

function contentTypeOf(result: FetchedResponse): string | null {
  return result.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;
}
