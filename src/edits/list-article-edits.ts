import { compareText } from '../domain/page.js';
import { listEdits, type Edit, type EditedState } from './list-edits.js';
import type { Article, Revision } from '../domain/article.js';

/** One state of an article's own text or of a rendition. */
export interface ArticleState extends EditedState {
  /** Counted from 1; the newest state has the highest number. */
  readonly revision: number;
  /** When this state was first seen; null where only the store could know it. */
  readonly seenAt: string | null;
  /** As the page says; null if it shows none. */
  readonly modifiedAt: string | null;
}

/** The edits between two states of an article. */
export interface ArticleEdits {
  readonly article: string;
  readonly edition: string;
  readonly title: string;
  /** The edit happened after the first state was seen, and before the second one was. */
  readonly from: Pick<ArticleState, 'revision' | 'seenAt' | 'modifiedAt'>;
  readonly to: Pick<ArticleState, 'revision' | 'seenAt' | 'modifiedAt'>;
  readonly edits: readonly Edit[];
}

/** @returns the states of the record's own text, oldest first, each with the pictures that it was first seen with. Pure. */
export function statesOf(article: Article): ArticleState[] {
  const { title, lead, body, tags, modifiedAt, capture, pictures } = article;
  const top = { title, lead, body, tags, modifiedAt, seenAt: capture?.fetchedAt ?? null };
  const states = [...article.revisions.map(stateOf), { ...top, revision: article.revisions.length + 1 }];
  if (pictures === undefined) return states;
  return states.map((state) => {
    const shown = pictures.findLast(({ seenAt }) => seenAt <= (state.seenAt ?? '')) ?? pictures[0];
    return shown === undefined ? state : { ...state, images: shown.images };
  });
}

/** The states and, between them, those moments at which only the pictures became others. */
function momentsOf(article: Article): ArticleState[] {
  const states = statesOf(article);
  const alone = (article.pictures ?? [])
    .slice(1)
    .filter(({ seenAt }) => !states.some((state) => state.seenAt === seenAt));
  const pictured = alone.flatMap(({ seenAt, images }) => {
    const text = states.findLast((state) => (state.seenAt ?? '') < seenAt);
    return text === undefined ? [] : [{ ...text, seenAt, images }];
  });
  return [...states, ...pictured].sort(
    (a, b) => compareText(a.seenAt ?? '', b.seenAt ?? '') || a.revision - b.revision,
  );
}

/**
 * @param article   A stored record.
 * @param isWanted  Whether a step is, by when its second state was first seen: the others are not compared.
 * @returns         Each step from one state to the next, and from pictures to other ones, oldest first, the record's own text before its
 *                 renditions'. Pure.
 */
export function listArticleEdits(article: Article, isWanted: IsWanted = () => true): ArticleEdits[] {
  const own = stepsOf(article.id, article.edition, momentsOf(article), isWanted);
  const others = article.renditions.flatMap(({ edition, title, lead, body, seenAt, revisions = [] }) => {
    // A rendition's own tags are not kept with its newest state.
    const earlier = revisions.map((revision) => ({ ...stateOf(revision), tags: [] }));
    const top = { title, lead, body, tags: [], modifiedAt: null, seenAt: seenAt ?? null };
    return stepsOf(article.id, edition, [...earlier, { ...top, revision: revisions.length + 1 }], isWanted);
  });
  return [...own, ...others];
}

/** @returns the edits between two states. Pure. */
export function editsBetween(article: string, edition: string, from: ArticleState, to: ArticleState): ArticleEdits {
  return { article, edition, title: to.title, from: momentOf(from), to: momentOf(to), edits: listEdits(from, to) };
}

type IsWanted = (seenAt: string | null) => boolean;

function stepsOf(
  article: string,
  edition: string,
  states: readonly ArticleState[],
  isWanted: IsWanted,
): ArticleEdits[] {
  return states.slice(1).flatMap((state, index) => {
    const before = states[index];
    return before === undefined || !isWanted(state.seenAt) ? [] : [editsBetween(article, edition, before, state)];
  });
}

function stateOf({ revision, title, lead, body, tags, seenAt, modifiedAt }: Revision): ArticleState {
  return { revision, title, lead, body, tags, seenAt, modifiedAt };
}

function momentOf({ revision, seenAt, modifiedAt }: ArticleState): ArticleEdits['from'] {
  return { revision, seenAt, modifiedAt };
}
