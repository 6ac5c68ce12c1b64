import type { Batch } from './batch.js';
import { toSeconds } from '../catalogue/instants.js';
import type { FinishedRun } from '../../domain/page-result.js';
import type { LearnedTagPage, ListResult } from '../../domain/page-result.js';

/** Notes what came of asking for a list, which pages it announces, and that the capture is settled. */
export function storeList({ tables }: Batch, list: ListResult): void {
  const { capture, listUrl, route, tagPath } = list;
  if (tables.captures.settled(capture)) return;
  const seenAt = toSeconds(capture.fetchedAt);
  noteListFetch({ tables }, list);
  for (const page of list.pages) {
    if (route === null) break;
    const { id } = tables.pages.ensure(page, seenAt);
    tables.sightings.addSighting({ page: id, route, tagPath, listUrl, seenAt });
  }
  const entry = { kind: 'list', page: null, stateKey: null, onTopic: null, outcome: null, reason: null } as const;
  tables.captures.add({ capture, ...entry });
}

/** Notes what came of asking for a list, and nothing else. Counts: to be called once for each capture. */
export function noteListFetch({ tables }: Pick<Batch, 'tables'>, { fetch, listUrl, capture }: ListResult): void {
  const edition = tables.names.edition(fetch.edition, fetch.family);
  tables.listFetches.add({ ...fetch, edition, url: listUrl, at: toSeconds(capture.fetchedAt) });
}

/** Remembers where tags lead. */
export function rememberTagPages({ tables }: Pick<Batch, 'tables'>, learned: readonly LearnedTagPage[]): void {
  for (const { edition, family, topic, path, learnedFrom, seenAt } of learned) {
    const number = tables.names.edition(edition, family);
    tables.sightings.addTagPage({ edition: number, topic, path, learnedFrom, seenAt: toSeconds(seenAt) });
  }
}

/** Keeps the sum of a run; a later sum of the same run replaces it. */
export function rememberRun({ tables }: Batch, run: FinishedRun): void {
  tables.runs.put(run.runId, toSeconds(run.startedAt), JSON.stringify(run));
}
