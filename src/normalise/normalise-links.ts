import type { ArticleImage, RelatedLink, Tag } from '../domain/article.js';
import type { Topic } from '../domain/edition.js';
import type { Disagreement } from '../domain/extraction.js';
import type { FoundImage, FoundTag, PageFields } from '../sputnik/extractors/extractor.js';
import { resolveUrl } from '../sputnik/urls/url-grammar.js';
import { cleanLine, disagreement, type Field, type NormaliseContext } from './field.js';
import { foldText } from './fold-text.js';

/** Labels that say where the site shows an item, not what it is about; compared folded. */
const EDITORIAL_LABELS: ReadonlySet<string> = new Set(
  ['News Feed', 'Newsfeed', 'Лента новостей', 'Լրահոս', 'Xəbər lenti', '新闻时间线', '新聞時間線'].map(foldText),
);
const EDITORIAL_SLUG = /^(?:keyword|tag)_(?:news_?feed|lenta)$/i;
/** `geo_Vanadzor`, `tag_nauka`, `category_guoji`: the kind stands before the first `_`. */
const SLUG_KIND = /^([a-z]{2,20})_./i;
/** Among keywords, what the site says of itself on all its pages. */
const SITE_KEYWORD =
  /^(?:(?:последние|главные|свежие) новости(?: \p{L}+){0,3}|новости|(?:(?:world|breaking|latest|top|daily) )?news(?: today)?|son dakika(?: haberleri?)?|haber(?:ler)?|(?:son )?xəbərlər|[أا]خبار|最新消息|(?:últimas )?not[ií]cias|actualités|nachrichten|լուրեր|նորություններ)$/iu;
/** The agency's own name is one too if it stands beside one of those; alone it may be a tag. */
const SITE_KEYWORD_OF_PLACE = /^(?:новости(?: \p{L}+){1,3}|[أا]خبار \p{L}+)$/iu;
/** What opens the rest of a list of tags, and leads nowhere. */
const BUTTON_HREF = /^\s*(?:#|javascript:\s*(?:void\b|;|$))/i;
/** Marks of direction around a name, which no reader sees. */
const EDGE_MARKS =
  /^[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\s]+|(?<![\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\s])[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\s]+$/g;
const NAME_LENGTH_MAX = 300;
const TAGS_MAX = 100;

/**
 * The article's tags in page order: names clean, URLs absolute, kinds by the tag page's slug.
 *
 * Left out: editorial labels, and repeats of a name; of a repeated name the tag page stays and the link to the rubric
 * goes (`/science/` and `/tag_nauka/`, ria.ru). Without tag links, names by metadata count, their URLs unknown.
 */
export function normaliseTags(fields: PageFields, context: NormaliseContext): Field<Tag[]> {
  const named = firstSource(fields);
  const base = fields.base ?? context.url.url;
  const links = cleanTags(fields.tags, base);
  const names = cleanTags(named, base);
  const source = (links.length > 0 ? fields.tags[0]?.source : named[0]?.source) ?? null;
  const tags = links.length > 0 ? links : names;
  return {
    value: tags,
    source: tags.length > 0 ? source : null,
    disagreements: compare(links, names, named),
  };
}

function cleanTags(found: readonly FoundTag[], base: string): Tag[] {
  const tags: Tag[] = [];
  for (const { name, href } of found) {
    const tag = toTag(cleanLine(name.slice(0, NAME_LENGTH_MAX)).replace(EDGE_MARKS, ''), href, base);
    if (tag !== null) tags.push(tag);
  }
  const withKind = new Set(tags.filter(({ kind }) => kind !== null).map(({ name }) => foldText(name)));
  const seen = new Set<string>();
  const kept = tags.filter(({ name, kind }) => {
    const key = foldText(name);
    if (seen.has(key) || (kind === null && withKind.has(key))) return false;
    seen.add(key);
    return true;
  });
  return kept.slice(0, TAGS_MAX);
}

/** @returns null for an editorial label, a button, and no name. */
function toTag(name: string, href: string | null, base: string): Tag | null {
  if (name === '' || EDITORIAL_LABELS.has(foldText(name))) return null;
  if (href !== null && BUTTON_HREF.test(href)) return null;
  const url = href === null ? null : resolveUrl(href, base);
  if (url === null) return { name, url: null, kind: null };
  const slug = slugOf(url);
  if (EDITORIAL_SLUG.test(slug)) return null;
  return { name, url: url.href, kind: SLUG_KIND.exec(slug)?.[1]?.toLowerCase() ?? null };
}

/** The last folder of the path. */
function slugOf({ pathname }: URL): string {
  let end = pathname.length;
  while (pathname[end - 1] === '/') end -= 1;
  return pathname.slice(pathname.lastIndexOf('/', end - 1) + 1, end);
}

/** Names by the first metadata that has any of the article's: several metas of one name, or one comma list. */
function firstSource(fields: PageFields): readonly FoundTag[] {
  for (const source of new Set(fields.tagNames.map((found) => found.source))) {
    const values = fields.tagNames.filter((found) => found.source === source).map(({ value }) => value);
    const all = values.length === 1 ? namesIn(values[0] ?? '') : values.map((value) => value.trim());
    const names = KEYWORD_SOURCES.has(source) ? withoutSiteKeywords(all) : all;
    if (names.length > 0) return names.slice(0, NAMES_MAX).map((name) => ({ name, href: null, source }));
  }
  return [];
}

const KEYWORD_SOURCES: ReadonlySet<string> = new Set(['keywords', 'news_keywords']);
const NAMES_MAX = TAGS_MAX * 2;

/**
 * The remains of an entity that was encoded twice end in a character that separates names, so they are decoded first.
 */
function namesIn(list: string): string[] {
  const names = cleanLine(list.slice(0, NAMES_MAX * NAME_LENGTH_MAX)).split(/[,،、，；؛]|(?<!&[lg]t);/);
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

/** Where half of the keywords or more are the site's, so are the others: "новости, новости Армении, Армения, Азербайджан". */
function withoutSiteKeywords(names: readonly string[]): readonly string[] {
  if (!names.some((name) => SITE_KEYWORD.test(name))) return names;
  const left = names.filter((name) => !SITE_KEYWORD.test(name) && !SITE_KEYWORD_OF_PLACE.test(name));
  return left.length * 2 <= names.length ? [] : left;
}

function compare(links: readonly Tag[], names: readonly Tag[], found: readonly FoundTag[]): readonly Disagreement[] {
  if (links.length === 0 || names.length === 0) return [];
  const [a, b] = [links, names].map((tags) =>
    tags
      .map(({ name }) => foldText(name))
      .sort()
      .join('|'),
  );
  if (a === b) return [];
  const show = (tags: readonly Tag[]): string => tags.map(({ name }) => name).join(', ');
  return [disagreement('tags', show(links), show(names), `${found[0]?.source ?? ''} is less trusted than the links`)];
}

const foldedNames = new WeakMap<Topic, ReadonlySet<string>>();

/** Cyrillic letters and the Latin ones that look like them: keyboards mix the two, and no names of two topics differ by that alone. */
const CYRILLIC = 'аеорсухіјһәїё';
const LATIN = 'aeopcyxijhəïë';
const CYRILLIC_LETTER = /[\u0400-\u04ff]/g;
const APOSTROPHES = /[‘’ʻʼʹ`´′]/g;
/** The stroke that draws Arabic letters apart, and vowel signs, which most writers leave out. */
const ARABIC_EXTRAS = /[\u0640\u064b-\u0652\u0670]/g;

/** @returns a name as tags and topics are compared by it. */
function topicKey(name: string): string {
  return foldText(name)
    .replace(/^# */, '')
    .replace(ARABIC_EXTRAS, '')
    .replace(APOSTROPHES, "'")
    .replace(CYRILLIC_LETTER, (letter) => LATIN.charAt(CYRILLIC.indexOf(letter)) || letter);
}

/**
 * The topics of an article: those with a name that equals one of its tags. Case, width, Traditional and Simplified
 * script, and letters that look alike are folded first; a leading hash sign is ignored.
 *
 * @returns  Ids, sorted. Topics that are not enabled do not count. Pure.
 */
export function matchTopics(tags: readonly Tag[], topics: readonly Topic[]): string[] {
  const names = tags.map(({ name }) => topicKey(name));
  return topics
    .filter((topic) => topic.enabled && names.some((name) => namesOf(topic).has(name)))
    .map(({ id }) => id)
    .sort();
}

function namesOf(topic: Topic): ReadonlySet<string> {
  const known = foldedNames.get(topic);
  if (known !== undefined) return known;
  const names = new Set(topic.names.map(topicKey));
  foldedNames.set(topic, names);
  return names;
}

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
    const url = resolveUrl(found.src, fields.base ?? context.url.url);
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
    const other = context.urlRules.parse(link.href, fields.base ?? context.url.url);
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
