import type { ArticleFormat } from '../../domain/article.js';
import { attributeOf, holderOf, type TreeElement } from '../html/page-tree.js';
import { select } from '../html/select.js';
import type { ArticleView } from './article-view.js';
import type { ExtractorSpecification, PageFields } from './extractor.js';

/** What an item is, or `poll` for what asks and tells nothing: that is no article. */
type ItemKind = ArticleFormat | 'poll';

/** Attributes by which the site names the kind of an item, on its element or around it. */
const KIND_ATTRIBUTES = ['data-article-type', 'data-page-type', 'data-format'];
/** Words of a kind's name that do not tell the kind: `white_longread`, `m-video`, `article-photo`. */
const PLAIN_WORDS: ReadonlySet<string> = new Set('m article page white black item type content'.split(' '));
/** Names of kinds without their plain words. */
const KIND_NAMES: readonly (readonly [ItemKind, RegExp])[] = [
  ['video', /^video/],
  ['photo', /^(?:photo|foto)|^(?:image)?gallery$|^slideshow$/],
  ['infographic', /^infogra(?:ph|f)/],
  ['live', /^(?:online|live|liveblog|livestream|broadcast|translation)$/],
  ['longread', /^(?:longread|longrid|visualjournalism)s?$/],
  ['other', /^(?:audio|podcasts?|sound|radio|caricatures?|cartoons?|comics)$/],
  ['poll', /^(?:poll|vote|voting|quiz|survey)$/],
];

/** Rubrics and folders of URLs that hold one kind of item. */
const KIND_SECTIONS: readonly (readonly [ItemKind, RegExp])[] = [
  [
    'infographic',
    /^(?:инфографика|infogra(?:ph|f)\p{L}*|(?:新闻|新聞)?(?:信息|資訊)?[图圖][解表]|ինֆոգրաֆիկա|إنفوغرافيك|انفوجرافيك|اینفوگرافی|インフォグラフィック|ინფოგრაფიკა)$/iu,
  ],
  [
    'video',
    /^(?:видео|video(?:s|lar|club)?|vídeos?|vidéos?|[视視][频頻]|影片|տեսանյութ(?:եր)?|فيديو|ویدئو|ویدیو|動画|ვიდეო)$/iu,
  ],
  [
    'photo',
    /^(?:фото|фотоленты?|photos?|photolents?|fotos?|foto ?(?:lent|qalereya|galeri)|galer(?:ía|ia|ie)|[图圖](?:片|集)|լուսանկար(?:ներ)?|صور|عکس|写真|ფოტო)$/iu,
  ],
];

/** What a page without text shows instead, most telling first. */
const SHOWN: readonly (readonly [ItemKind, string])[] = [
  [
    'poll',
    '[data-type=poll], [data-type=vote], [data-type=quiz], [data-type=test], .article__test, .article__poll, .b-poll, .b-vote',
  ],
  [
    'infographic',
    '[data-type=infographic], [data-type=infographics], .article__infographic, .article__infographics, .infographic, .infographics, .b-infographics',
  ],
  [
    'photo',
    '[data-type=photolenta], [data-type=gallery], [data-type=photogallery], [data-type=slider], .article__photolenta, .photolenta, .b-gallery, .photoview__slider',
  ],
  [
    'video',
    '[data-type=video], [data-type=media-video], [data-type=youtube], [data-media-tipe=video], .article__video, .media__video, video, amp-video, amp-youtube, .b-video, .videojs, iframe[src*=youtube], iframe[src*=rutube], iframe[src*=video], [itemtype*=VideoObject]',
  ],
];
const DESCRIBED: readonly (readonly [ItemKind, RegExp])[] = [
  ['video', /"@type"\s*:\s*"VideoObject"/],
  ['photo', /"@type"\s*:\s*"(?:Image|Media)Gallery"/],
];
/** The same in the place of the text only: above it they are the picture of any article. */
const SHOWN_IN_BODY: readonly (readonly [ItemKind, string])[] = [
  ['photo', 'img, amp-img, [data-type=image], [data-type=media], [data-type=media-image], [data-type=photo-site]'],
  ['other', 'audio, iframe, [data-type=audio], [data-type=podcast], [data-type=sound], [data-type=embed]'],
  ['other', '[data-type=iframe], [data-type=social], [data-type=telegram], [data-type=twitter], [data-type=widget]'],
];

/** @returns the format of an item that has text: what the site calls it, else what its layout is. */
export function formatOf(specification: ExtractorSpecification, view: ArticleView): ArticleFormat {
  const named = namedKind(view);
  return named === null || named === 'poll' ? specification.format : named;
}

/**
 * Determines the kind of an item without text.
 *
 * @param fields What was found on the page.
 * @returns Its format; `poll` if it only asks a question; null if the page shows nothing in place of a text: the site
 * is known to send such a page now and then for an article that does have a text.
 */
export function kindWithoutText(
  specification: ExtractorSpecification,
  view: ArticleView,
  fields: PageFields,
): ItemKind | null {
  const { page, root } = view;
  const cards = new Set(specification.cards.flatMap((selector) => select(page.tree, selector, root)));
  const holds = (selector: string, scope: TreeElement): boolean =>
    select(page.tree, selector, scope).some((element) => holderOf(element, cards) === null);
  const bodies = specification.body.containers.flatMap((selector) => select(page.tree, selector, root));
  return (
    namedKind(view) ??
    (view.read('meta og:type').some(({ value }) => /^video/i.test(value)) ? 'video' : null) ??
    SHOWN.find(([, selector]) => holds(selector, root))?.[0] ??
    describedKind(view) ??
    sectionKind(fields) ??
    SHOWN_IN_BODY.find(([, selector]) => bodies.some((body) => holds(selector, body)))?.[0] ??
    null
  );
}

/** What JSON-LD describes in place of an article. */
function describedKind({ page }: ArticleView): ItemKind | null {
  const scripts = [page.head, page.tree].flatMap((tree) => select(tree, 'script[type*="ld+json" i]'));
  const text = scripts.flatMap(({ children }) => children.filter((child) => typeof child === 'string')).join('\n');
  return DESCRIBED.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

/** The kind that the site itself names, on the article's element or around it, or in JSON-LD. */
function namedKind(view: ArticleView): ItemKind | null {
  for (let at: TreeElement | null = view.root; at !== null; at = at.parent) {
    const kind = kindOfElement(at);
    if (kind !== null) return kind;
  }
  for (const element of view.page.around) {
    const kind = kindOfElement(element);
    if (kind !== null) return kind;
  }
  return view.read('json-ld @type').some(({ value }) => value === 'LiveBlogPosting') ? 'live' : null;
}

function kindOfElement(element: TreeElement): ItemKind | null {
  for (const name of KIND_ATTRIBUTES) {
    const kind = kindNamed(attributeOf(element, name) ?? '');
    if (kind !== null) return kind;
  }
  for (const name of element.classes) {
    const kind = name.startsWith('m-') ? kindNamed(name) : null;
    if (kind !== null) return kind;
  }
  return null;
}

function kindNamed(name: string): ItemKind | null {
  if (name === '') return null;
  const words = name.toLowerCase().split(/[-_ ]+/);
  const plain = words.filter((word) => !PLAIN_WORDS.has(word)).join('');
  return KIND_NAMES.find(([, pattern]) => pattern.test(plain))?.[0] ?? null;
}

function sectionKind({ url, sections }: PageFields): ItemKind | null {
  const folders = URL.canParse(url) ? new URL(url).pathname.split('/').slice(1, -1) : [];
  const names = [...sections.map(({ value }) => value.trim()), ...folders];
  return KIND_SECTIONS.find(([, pattern]) => names.some((name) => pattern.test(name)))?.[0] ?? null;
}
