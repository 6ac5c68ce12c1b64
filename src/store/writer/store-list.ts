import type { LearnedTagPage, ListResult } from '../../domain/page-result.js';
import { toSeconds } from '../catalogue/row-values.js';
import type { Batch } from './batch.js';

/** Notes what came of asking for a list, which pages it announces, and that the capture is processed. */
export function storeList({ tables }: Batch, list: ListResult): void {
  const { capture, listUrl, route, tagPath } = list;
  if (tables.captures.processed(capture)) return;
  const seenAt = toSeconds(capture.fetchedAt);
  tables.lists.addFetch(list.fetch, listUrl, seenAt);
  for (const page of list.pages) {
    if (route === null) break;
    const { id } = tables.pages.ensure(page, seenAt);
    tables.lists.announce({ page: id, route, tagPath, listUrl, seenAt });
  }
  const entry = { kind: 'list', page: null, stateKey: null, onTopic: null, outcome: null, reason: null } as const;
  tables.captures.add({ capture, ...entry });
}

/** Remembers where tags lead. */
export function rememberTagPages({ tables }: Pick<Batch, 'tables'>, learned: readonly LearnedTagPage[]): void {
  for (const tagPage of learned) tables.lists.addTagPage(tagPage);
}
