import type { ListLoss } from '../../domain/outcome.js';
import type { ListProblemCode, ParsedList } from './listed-item.js';
import type { ListKind } from './parse-list.js';

/** Other problems are worth a line in the log, no more. */
const LOSS_OF_PROBLEM: Readonly<Partial<Record<ListProblemCode, ListLoss>>> = {
  // Something else stands in the list's place, with status 200: a provider's page, a captcha.
  wrongDocument: 'blocked',
  broken: 'broken',
  tooDeep: 'tooDeep',
  tooLarge: 'tooLarge',
};
/** The newest hundred items, and the archive's own table of contents: they are never empty. */
const NEVER_EMPTY: ReadonlySet<ListKind> = new Set(['feed', 'sitemapIndex']);

/**
 * Says of a list that was answered with 200 whether it can be relied upon.
 *
 * @param parsed  As the parser of its kind read it.
 * @returns       Null: it was read whole. A list without items is one that was read, but for a feed and an index.
 *
 * Pure: the same captured list is judged alike by the crawl, by the ledger and when the catalogue is rebuilt.
 */
export function lossOfList(kind: ListKind, { items, children, problems }: ParsedList): ListLoss | null {
  for (const { code } of problems) {
    const loss = LOSS_OF_PROBLEM[code];
    if (loss !== undefined) return loss;
  }
  return NEVER_EMPTY.has(kind) && items.length + children.length === 0 ? 'noItems' : null;
}
