import { listArticleEdits, type ArticleEdits } from '../edits/list-article-edits.js';
import type { Edit } from '../edits/list-edits.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import type { ArticleKey } from '../domain/page.js';
import type { ArticleChange, ChangeFilters } from '../store/catalogue/change-queries.js';
import type { Article } from '../domain/article.js';
import { toInstant, toSeconds } from '../store/catalogue/database.js';
import { withoutEarlierTexts } from '../store/files/without-earlier-texts.js';
import type { EditSelection, ShownChange } from './pages/edits-page.js';
import { filtersOf } from './parameters.js';

interface ChangesRead {
  readonly changes: readonly ShownChange[];
  /** Where the next ones begin; null: there are no more. */
  readonly next: string | null;
  readonly isCut: boolean;
}

/** So many changed articles are looked at for one answer: their edits are compared when they are asked for. */
const LOOKED_AT_MAX = 200;
const AT_ONCE = 40;

/** @returns the newest changes of the selection, at most `limit`, from a cursor on. */
export async function readShownChanges(
  queries: CatalogueQueries,
  selection: EditSelection,
  cursor: string | undefined,
  limit: number,
): Promise<ChangesRead> {
  const filters = changeFilters(selection);
  const shown: ShownChange[] = [];
  let position = cursor === undefined ? null : changePosition(cursor);
  for (let looked = 0; looked < LOOKED_AT_MAX; looked += AT_ONCE) {
    const found = queries.changes.edits(filters, position, AT_ONCE);
    for (const change of found) {
      if (shown.length === limit) return { changes: shown, next: position && cursorText(position), isCut: false };
      const one = shownChange(queries, change, selection);
      if (one !== null) shown.push(one);
      position = change;
    }
    if (found.length < AT_ONCE) return { changes: shown, next: null, isCut: false };
    // Other requests are answered in between.
    await new Promise(setImmediate);
  }
  return { changes: shown, next: position && cursorText(position), isCut: true };
}

function changeFilters({ topic, edition, since, until, kind }: EditSelection): ChangeFilters {
  const what = kind === undefined || kind === 'withdrawn' ? kind : 'edited';
  return { ...filtersOf({ topic, edition, since, until }), ...(what === undefined ? {} : { what }) };
}

function shownChange(queries: CatalogueQueries, change: ArticleChange, selection: EditSelection): ShownChange | null {
  const record = queries.readableArticle(change.key);
  if (record === null) return null;
  const article = withoutEarlierTexts(record);
  if (change.what === 'withdrawn') return { article, at: change.at, step: null };
  const step = stepAt(record, change.at, selection);
  return step === null ? null : { article, at: change.at, step };
}

/** @returns what was edited at that moment, as far as it is asked for: of the own text or, where that was not, of a rendition; null: nothing. */
function stepAt(article: Article, at: string, { kind, trivial }: EditSelection): ArticleEdits | null {
  const isAskedFor = ({ type, weight }: Edit): boolean =>
    (weight === 'substantive' || trivial === 'yes') && (kind === undefined || kind === 'edited' || type === kind);
  for (const step of listArticleEdits(article, (seenAt) => seenAt === at)) {
    const edits = step.edits.filter(isAskedFor);
    if (edits.length > 0) return { ...step, edits };
  }
  return null;
}

/** `1764000000.edited.sputniknews.cn/1000000001` */
export const CHANGE_CURSOR = /^\d{1,11}\.(?:edited|withdrawn)\.[a-z0-9.-]{1,253}\/\d{4,19}$/;

function changePosition(cursor: string): ArticleChange {
  const [at = '0', what, ...key] = cursor.split('.');
  return { at: toInstant(Number(at)), what: what === 'withdrawn' ? what : 'edited', key: key.join('.') as ArticleKey };
}

function cursorText({ at, what, key }: ArticleChange): string {
  return `${toSeconds(at)}.${what}.${key}`;
}
