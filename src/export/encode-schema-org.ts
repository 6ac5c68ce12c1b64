import type { Article } from '../domain/article.js';
import { webUrl } from './safe-markup.js';

/** One `NewsArticle` of schema.org per line, as JSON-LD. */
export function* encodeSchemaOrg(articles: Iterable<Article>): Generator<string> {
  for (const article of articles) yield `${JSON.stringify(newsArticle(article))}\n`;
}

/** @returns the article as a https://schema.org/NewsArticle, without unknown properties. Pure. */
function newsArticle(article: Article): object {
  const { id, url, language, title, lead, body, publishedAt, modifiedAt, section, dateline, copyrightHolder } = article;
  return withoutNothing({
    '@context': 'https://schema.org',
    '@type': 'NewsArticle',
    identifier: id,
    url: webUrl(url),
    inLanguage: language,
    headline: title,
    abstract: lead,
    articleBody: body.map(({ text }) => text).join('\n\n'),
    datePublished: publishedAt,
    dateModified: modifiedAt,
    articleSection: section,
    dateline,
    keywords: article.tags.map(({ name }) => name),
    author: article.authors.map((name) => ({ '@type': 'Person', name })),
    image: article.images.flatMap((image) => imageObject(image) ?? []),
    publisher: { '@type': 'NewsMediaOrganization', name: 'Sputnik' },
    copyrightHolder: copyrightHolder === null ? null : { '@type': 'Organization', name: copyrightHolder },
    sameAs: article.aliases.flatMap((alias) => webUrl(alias) ?? []),
    workTranslation: article.renditions.map(translation),
  });
}

function imageObject({ url, caption, credit }: Article['images'][number]): object | null {
  const href = webUrl(url);
  if (href === null) return null;
  return withoutNothing({ '@type': 'ImageObject', url: href, caption, creditText: credit });
}

function translation({ url, language, title }: Article['renditions'][number]): object {
  return { '@type': 'NewsArticle', url: webUrl(url), inLanguage: language, headline: title };
}

function withoutNothing(members: Readonly<Record<string, unknown>>): object {
  const isNothing = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(members).filter(([, value]) => !isNothing(value)));
}
