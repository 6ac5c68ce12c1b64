import type { Article } from '../domain/article.js';
import type { ArticleEdits } from '../edits/list-article-edits.js';
import { tagOf, type FeedItem } from './encode-feeds.js';
import { escapeMarkup, webUrl } from './safe-markup.js';

/** An article that was edited or withdrawn. */
export interface FeedChange {
  readonly article: Article;
  /** UTC instant at which it was first seen. */
  readonly at: string;
  /** Null: it was withdrawn. */
  readonly step: Pick<ArticleEdits, 'edits'> | null;
}

const EDITS_TOLD = 10;

/** One change as an item of a feed: both wordings, the one that went struck out. */
export function changeItem({ article, at, step }: FeedChange): FeedItem {
  const { title, url, language, topics, lead } = article;
  const kinds = [...new Set((step?.edits ?? []).map(({ type }) => type))];
  const what = step === null ? 'withdrawn' : kinds.join(', ');
  const told = (step?.edits ?? []).slice(0, EDITS_TOLD).map(({ type, before, after }) => {
    const [was, is] = [before, after].map((wording) => (wording === null ? null : escapeMarkup(wording)));
    return `<p>${type}: ${was === null ? '' : `<del>${was}</del> `}${is === null ? '' : `<ins>${is}</ins>`}</p>`;
  });
  return {
    id: `${tagOf(article)}/${step === null ? 'withdrawn' : 'edited'}/${at}`,
    url: webUrl(url),
    title: `${title} (${what})`,
    summary: lead,
    html: step === null ? '<p>Withdrawn by the agency.</p>' : told.join('\n'),
    ...{ publishedAt: at, updatedAt: at, language, tags: [...topics, ...kinds], authors: [], image: null },
  };
}
