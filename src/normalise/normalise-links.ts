import type { ArticleImage, RelatedLink } from '../domain/article.js';
import type { FoundImage, PageFields } from '../sputnik/extractors/extractor.js';
import { resolveUrl } from '../sputnik/urls/url-grammar.js';
import { cleanLine, type Field, type NormaliseContext } from './field.js';

/** Previews for social networks (the headline painted on a picture) and the site's own signs are no pictures of the article. */
const NO_PICTURE = /\/sharing(?:_snippet)?\/|\/i\/|\/logo[^/]*$|\/counter\/|avatar/i;
/** " - 俄羅斯衛星通訊社, 1920, 14.09.2022": what the site adds to `alt`. */
const ALT_SUFFIX = /(?:^| )[-–—] [^-–—]{2,60}, \d{3,4}(?:, \d{2}\.\d{2}\.\d{4})?$/u;
/** "跳轉媒體庫", "Перейти в медиабанк": the link to the picture bank behind a credit. */
const BANK_LINK =
  / ?\/? ?(?:跳[轉转]媒[體体][庫库]|Перейти в (?:медиабанк|фотобанк)|Go to the (?:mediabank|photo bank)) ?/giu;
const IMAGES_MAX = 200;
const WORDS_LENGTH_MAX = 3_000;

/**
 * The pictures of the article, the lead image first, each once: crops and sizes of one picture share its number.
 * A caption and a credit shown with any of them belong to the picture.
 */
export function normaliseImages(fields: PageFields, context: NormaliseContext): Field<ArticleImage[]> {
  const images = new Map<string, ArticleImage>();
  let source: string | null = null;
  for (const found of fields.images) {
    const url = resolveUrl(found.src, context.url.url);
    if (url === null || NO_PICTURE.test(url.pathname) || images.size >= IMAGES_MAX) continue;
    source ??= found.source;
    const key = pictureOf(url);
    images.set(key, merge(images.get(key), { url: url.href, ...wordsOf(found) }));
  }
  return { value: [...images.values()], source, disagreements: [] };
}

function merge(known: ArticleImage | undefined, other: ArticleImage): ArticleImage {
  if (known === undefined) return other;
  return { url: known.url, caption: known.caption ?? other.caption, credit: known.credit ?? other.credit };
}

/** `1043944238_1:0:1279:719_1920x0_80_0_0_<hash>.jpg` → `1043944238`; other pictures go by their whole URL. */
function pictureOf({ pathname, href }: URL): string {
  return /\/(\d{6,19})_[^/]*$/.exec(pathname)?.[1] ?? href;
}

function wordsOf({ caption, credit }: FoundImage): { caption: string | null; credit: string | null } {
  return {
    caption: wordOrNull(oneLine(caption).replace(ALT_SUFFIX, '')),
    credit: wordOrNull(
      oneLine(credit)
        .replace(BANK_LINK, ' ')
        .replace(/ ?\/ ?$/, ''),
    ),
  };
}

function oneLine(text: string | null): string {
  return cleanLine((text ?? '').slice(0, WORDS_LENGTH_MAX)).replace(/ {2,}/g, ' ');
}

function wordOrNull(text: string): string | null {
  const word = text.trim();
  return word === '' ? null : word;
}

const RELATED_MAX = 200;

/**
 * Other articles of the site that this one leads to, by cards and by links in its text: in page order, each once,
 * itself never. The site is the family: the article's renditions in the other script are itself.
 */
export function normaliseRelated(fields: PageFields, context: NormaliseContext): Field<RelatedLink[]> {
  const related = new Map<string, RelatedLink>();
  let source: string | null = null;
  for (const link of fields.links) {
    const other = context.urlRules.parse(link.href, context.url.url);
    if (other === null || other.family !== context.url.family) continue;
    if (other.articleId === context.url.articleId || related.size >= RELATED_MAX) continue;
    source ??= link.source;
    const title = cleanLine(link.title ?? '');
    const known = related.get(other.articleKey);
    if (known === undefined) related.set(other.articleKey, { url: other.url, title: title === '' ? null : title });
    else if (known.title === null && title !== '') related.set(other.articleKey, { url: known.url, title });
  }
  return { value: [...related.values()], source, disagreements: [] };
}
