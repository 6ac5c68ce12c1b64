import type { Batch } from './batch.js';
import { toSeconds } from './catalogue/instants.js';
import type { RunRecord } from './run-record.js';
import type { LearnedTagPage, ListSettlement } from './settlement.js';

/** Notes what came of asking for a list, which pages it announces, and that the capture is settled. */
export function settleList({ tables }: Batch, list: ListSettlement): void {
  const { capture, listUrl, route, tagPath } = list;
  if (tables.captures.settled(capture)) return;
  const seenAt = toSeconds(capture.fetchedAt);
  noteListVisit({ tables }, list);
  for (const page of list.pages) {
    if (route === null) break;
    const { id } = tables.pages.ensure(page, seenAt);
    tables.sightings.addSighting({ page: id, route, tagPath, listUrl, seenAt });
  }
  const entry = { kind: 'list', page: null, stateKey: null, onTopic: null, outcome: null, reason: null } as const;
  tables.captures.add({ capture, ...entry });
}

/** Notes what came of asking for a list, and nothing else. Counts: to be called once for each capture. */
export function noteListVisit({ tables }: Pick<Batch, 'tables'>, { visit, listUrl, capture }: ListSettlement): void {
  const edition = tables.names.edition(visit.edition, visit.family);
  tables.listVisits.add({ ...visit, edition, url: listUrl, at: toSeconds(capture.fetchedAt) });
}

/** Remembers where tags lead. */
export function rememberTagPages({ tables }: Pick<Batch, 'tables'>, learned: readonly LearnedTagPage[]): void {
  for (const { edition, family, topic, path, learnedFrom, seenAt } of learned) {
    const number = tables.names.edition(edition, family);
    tables.sightings.addTagPage({ edition: number, topic, path, learnedFrom, seenAt: toSeconds(seenAt) });
  }
}

/** Keeps the sum of a run; a later sum of the same run replaces it. */
export function rememberRun({ tables }: Batch, run: RunRecord): void {
  tables.runs.put(run.runId, toSeconds(run.startedAt), JSON.stringify(run));
}
