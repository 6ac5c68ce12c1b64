import type { Article } from '../../domain/article.js';
import type { ArticleEdits } from '../../edits/list-article-edits.js';
import { EDIT_NAMES } from '../../edits/list-edits.js';
import { webUrl } from '../../export/safe-markup.js';
import { NOTICE_TEXT_MAX, type Notice } from './notice.js';
import { plainText } from './plain-text.js';

const TITLE_MAX = 300;
const LEAD_MAX = 500;
const EDITS_MAX = 10;

/** @returns a notice of a new article. Its id covers all renditions, so that an article is told once. Pure. */
export function newArticleNotice(article: Article, at: string, publicUrl: string | null): Notice {
  return {
    ...{ id: `article ${article.id}`, kind: 'article', at, summary: 'New article' },
    ...aboutArticle(article, publicUrl),
    text: article.lead === null ? null : plainText(article.lead, LEAD_MAX),
    edits: [],
  };
}

/** @returns that the agency has withdrawn an article. Pure. */
export function withdrawalNotice(article: Article, at: string, publicUrl: string | null): Notice {
  return {
    ...{ id: `withdrawal ${article.id} ${at}`, kind: 'withdrawal', at, summary: 'Withdrawn by the agency' },
    ...aboutArticle(article, publicUrl),
    ...{ text: null, edits: [] },
  };
}

/** @returns that the agency has edited an article; null where the step holds nothing substantive. Pure. */
export function editNotice(article: Article, step: ArticleEdits, publicUrl: string | null): Notice | null {
  const edits = step.edits.filter(({ weight }) => weight === 'substantive');
  const at = step.to.seenAt;
  if (edits.length === 0 || at === null) return null;
  const kinds = [...new Set(edits.map(({ type }) => EDIT_NAMES[type]))];
  const wording = (text: string | null): string | null => (text === null ? null : plainText(text, NOTICE_TEXT_MAX));
  return {
    ...{ id: `edit ${article.id} ${step.edition} ${at}`, kind: 'edit', at, summary: `Edited: ${kinds.join(', ')}` },
    ...aboutArticle(article, publicUrl),
    picture: publicUrl === null ? null : `${publicUrl}${picturePath(step)}`,
    text: null,
    edits: edits
      .slice(0, EDITS_MAX)
      .map(({ type, before, after }) => ({ type: EDIT_NAMES[type], before: wording(before), after: wording(after) })),
  };
}

/** @returns where the web page serves the picture of an edit, without `.svg` or `.png`; it stays the same. Pure. */
export function picturePath({ article, edition, to }: ArticleEdits): string {
  return `/edits/${article}/${edition}/${(to.seenAt ?? '').replace(/[-:]/g, '')}`;
}

type About = Pick<Notice, 'title' | 'url' | 'page' | 'picture' | 'article'>;

function aboutArticle(article: Article, publicUrl: string | null): About {
  const { id, edition, language, publishedAt, topics, title, url } = article;
  return {
    title: plainText(title, TITLE_MAX),
    url: webUrl(url),
    page: publicUrl === null ? null : `${publicUrl}/articles/${id}`,
    picture: null,
    article: { id, edition, language, publishedAt, topics: [...topics] },
  };
}
