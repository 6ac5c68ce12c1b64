import type { Article } from '../../domain/article.js';
import type { EditType } from '../../edits/list-edits.js';
import type { ArticleEdits } from '../../edits/list-article-edits.js';
import { picturePath } from '../../notify/notices/find-notices.js';
import { choice, either, nextLink, separated, textOf, timeOf, unreadableBox } from '../markup/elements.js';
import { hrefOf, html, type Content, type Markup } from '../markup/html.js';
import { changesOf, editName, EDIT_TYPES } from './wording-change.js';

/** The selection, as the URL has it. */
export interface EditSelection {
  readonly topic?: string | undefined;
  readonly edition?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly kind?: EditType | 'edited' | 'withdrawn' | undefined;
  readonly trivial?: 'yes' | 'no' | undefined;
}

/** An edit or a withdrawal of an article at one moment. */
export interface ShownChange {
  readonly article: Article;
  readonly at: string;
  /** The edits in the selection that were seen then; null: the article was withdrawn. */
  readonly step: ArticleEdits | null;
}

interface EditStream {
  readonly selection: EditSelection;
  readonly changes: readonly ShownChange[];
  /** Link to earlier changes; null: there are none. */
  readonly older: string | null;
  /** Whether the search was given up before the page was full; `older` goes on from there. */
  readonly isCut: boolean;
  /** Articles left out because their records cannot be read. */
  readonly unreadable: readonly string[];
  readonly topics: readonly string[];
  readonly editions: readonly string[];
}

const EDITS_SHOWN = 4;

/** What the agency has edited or withdrawn, of all articles, newest first. */
export function editsMain(stream: EditStream): Content {
  const { selection, changes, older, isCut } = stream;
  const isAll = Object.values(selection).every((value) => value === undefined);
  const feed = (form: string): string => hrefOf(`/feeds/edits/${form}`, { ...selection });
  return [
    html`<h1>Edits and withdrawals</h1>`,
    html`<p class="meta">
      ${selection.trivial === 'yes' ? 'Edits, including trivial ones,' : 'Substantive edits'} and withdrawals, newest
      first. As a feed: ${feedLinks(feed, 'edits')}. New articles:
      ${feedLinks((form) => `/feeds/${form}`, 'new articles')}.
    </p>`,
    editForm(stream),
    unreadableBox(stream.unreadable),
    changes.length === 0
      ? html`<p class="none">
          ${isAll ? 'Nothing was edited or withdrawn so far' : 'Nothing of this kind'}${isCut ? ' among the newest' : ''}.
        </p>`
      : null,
    html`<ol class="list edits">
      ${changes.map(changeItem)}
    </ol>`,
    nextLink(older, 'Earlier ones'),
  ];
}

function feedLinks(hrefOfForm: (form: string) => string, what: string): Content {
  const links = ['RSS', 'Atom', 'JSON'].map(
    (name) => html`<a href="${hrefOfForm(name.toLowerCase())}">${name}<span class="unseen"> feed of ${what}</span></a>`,
  );
  return separated(links, ', ');
}

function changeItem({ article, at, step }: ShownChange): Markup {
  const { id, title, language, edition, topics } = article;
  const edits = step?.edits ?? [];
  return html`<li>
    <h2 lang="${language}" dir="auto"><a href="/articles/${id}">${textOf(title)}</a></h2>
    <p class="meta">
      ${separated([timeOf(at), step?.edition ?? edition, topics.join(', ')])}
      ${step === null ? html`<span class="chip bad">withdrawn</span>` : pictureLink(step, title)}
    </p>
    ${step === null ? null : changesOf(edits.slice(0, EDITS_SHOWN), language)}
    ${
      edits.length > EDITS_SHOWN
        ? html`<p class="meta">
            <a href="/articles/${id}"
              >${edits.length - EDITS_SHOWN} more<span class="unseen"> edits of ${textOf(title, 80)}</span></a
            >
          </p>`
        : null
    }
  </li>`;
}

/** Link to the picture of a substantive edit, for sharing. */
function pictureLink(step: ArticleEdits, title: string): Content {
  if (!step.edits.some(({ weight }) => weight === 'substantive')) return null;
  return html` ·
    <a href="${picturePath(step)}.svg">Picture<span class="unseen"> of the edit of ${textOf(title, 80)}</span></a>`;
}

function editForm({ selection, topics, editions }: EditStream): Markup {
  const { topic, edition, since = '', until = '', kind, trivial } = selection;
  const kinds = EDIT_TYPES.map((type) => [type, editName(type)] as const);
  return html`<form class="fields" action="/edits">
    ${choice('Topic', 'topic', either(topics), topic)} ${choice('Edition', 'edition', either(editions), edition)}
    ${choice('Kind', 'kind', [['', 'any'], ['withdrawn', 'Withdrawn'], ['edited', 'Edits of any kind'], ...kinds], kind)}
    ${choice(
      'Trivial edits',
      'trivial',
      [
        ['', 'left out'],
        ['yes', 'shown'],
      ],
      trivial === 'yes' ? 'yes' : undefined,
    )}
    <label>From <input type="date" name="since" value="${since}" /></label>
    <label>To <input type="date" name="until" value="${until}" /></label>
    <button>Show</button>
  </form>`;
}
