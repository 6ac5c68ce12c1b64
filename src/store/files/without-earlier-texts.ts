import type { Article, Rendition, Revision } from '../../domain/article.js';

/**
 * An article as a list of articles shows it: of earlier states and of renditions without the texts. Records of pages that change at every
 * fetch have some megabytes, and a list holds fifty of them. Pure.
 */
export function withoutEarlierTexts(article: Article): Article {
  return {
    ...article,
    revisions: article.revisions.map(withoutText),
    renditions: article.renditions.map(({ revisions, ...rendition }): Rendition => {
      const shown = { ...rendition, body: [] };
      return revisions === undefined ? shown : { ...shown, revisions: revisions.map(withoutText) };
    }),
  };
}

function withoutText(revision: Revision): Revision {
  return { ...revision, body: [] };
}
