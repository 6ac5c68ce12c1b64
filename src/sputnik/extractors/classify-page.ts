import type { NotArticleReason } from '../../domain/outcome.js';
import { decodeHtml } from '../html/decode-html.js';
import { inlineText } from '../html/inline-text.js';
import type { PageTree, TreeElement } from '../html/page-tree.js';
import { matches, select, selectFirst } from '../html/select.js';

/** Marks of a page that wants a person or a script first; looked for in pages that hold no article only. */
const CHALLENGE_SIGNS =
  /_cf_chl_opt|cf-challenge|cf_chl_|challenge-platform|ddos-guard|checking your browser|just a moment\.\.\.|smartcaptcha|g-recaptcha|h-captcha|hcaptcha|showcaptcha|are you a robot|не робот|verify you are human|ddos protection|_incapsula_resource\?cwudnsai|captcha-delivery\.com|px-captcha|awswafcookiedomainlist|gokuprops|__qrator|sucuri_cloudproxy_js|sec-if-cpt-container/i;

/** Stands in AWS WAF's challenge, and in each page of the site that loads its script. */
const GUARD_SCRIPT = /awswafintegration/i;
/** Without script a challenge says a sentence or two. */
const CHALLENGE_TEXT_MAX = 500;

/** Marks of a provider's or a country's block page. */
const BLOCK_SIGNS =
  /2022\/350|833\/2014|unavailable for legal reasons|access (?:to (?:this|the) (?:web)?(?:site|page|resource) )?(?:is |has been )?(?:denied|blocked|restricted|suspended)|this (?:web)?site (?:is|has been) blocked|website blocked|zugriff (?:auf diese seite )?(?:wurde )?(?:gesperrt|verweigert)|sperrseite|доступ (?:к (?:информационному )?ресурсу |к сайту )?(?:ограничен|заблокирован|запрещ[её]н)|accès (?:à ce site )?(?:bloqué|refusé|suspendu)|acceso (?:bloqueado|denegado)|sito bloccato|accesso negato|erişim(?:i|e)? engellen|request blocked|error 1020|403 forbidden|451 unavailable/i;

/** Text of a page is searched no further than this: such pages are short. */
const SIGN_SEARCH_LENGTH_MAX = 200_000;
/** A block page is short; a news page that quotes one is not. */
const BLOCK_PAGE_TEXT_MAX = 6_000;

const LIST_ITEMS = [
  '.list__item',
  '.list-item',
  '.list-items-loaded',
  '.cell-list__item',
  '.b-stories__item',
  '.lenta__item',
];
const LIST_PAGE_SIGNS = [
  'body[data-page-type=tag]',
  'body[data-page-type=section]',
  'body[data-page-type=index]',
  'body[data-page-type=archive]',
  'body[data-page-type=list]',
  'body[data-page-type=main]',
  '.list-tag',
  '.tag-page',
  '.rubric-list',
  '.b-tag',
];
const LIST_ITEMS_MIN = 3;
const ERROR_PAGE_SIGNS = [
  'body[data-page-type=error]',
  'body[data-page-type="404"]',
  'body.m-error',
  'body.m-error-page',
  'body.m-404',
  '.error-page',
  '.page-404',
  '.page404',
];

/** Titles of pages that stand in for others, whole: an article about one says more in its title. */
const STAND_IN_TITLE = new RegExp(
  String.raw`^(?:(?:error|ошибка|hata|xəta|erreur|fehler|errore|erro|błąd|chyba|错误|錯誤|エラー|خطأ|خطای?)?[\s:№#-]*(?:40[134]|410|451|50[0-4])[\s:.,|–—-]*)?(?:${[
    '(?:page |file )?not found|forbidden|internal server error|bad gateway|service unavailable|page (?:does not|doesn.t) exist',
    '(?:запрашиваемая |такая )?страница (?:не найдена|не существует|удалена)|сторінку не знайдено|старонка не знойдзена',
    '(?:页面|頁面|网页|網頁)(?:未找到|没有找到|沒有找到|无法找到|不存在)|找不到(?:该|該)?(?:页面|頁面|网页|網頁)|ページが見つかりません(?:でした)?',
    'sayfa bulunamadı|səhifə tapılmadı|sahifa topilmadi|էջը (?:չի գտնվել|չգտնվեց|գոյություն չունի)|გვერდი (?:ვერ|არ) მოიძებნა',
    'الصفحة غير موجودة|لم يتم العثور على الصفحة|صفحه (?:مورد نظر )?(?:یافت|پیدا) نشد|पृष्ठ नहीं मिला|पेज नहीं मिला',
    'página no encontrada|página não encontrada|page (?:non trouvée|introuvable)|seite nicht gefunden|pagina non trovata',
    'strona nie (?:została )?znaleziona|nie znaleziono strony|stránka nenalezena|(?:страница није пронађена|stranica nije pronađena)|không tìm thấy trang',
    'before you continue(?: to [^ ]{1,40})?|we value your privacy|your privacy choices|cookie (?:settings|consent)|access denied',
    '(?:please )?enable javascript|javascript (?:is )?(?:required|disabled)|включите javascript|javascriptを有効にしてください|请启用 ?javascript',
    '(?:site |scheduled |technical )?maintenance|(?:на сайте )?(?:ведутся |проводятся )?технические работы(?: на сайте)?|texniki işlər|bakım çalışması|メンテナンス中|系统维护|系統維護',
  ].join('|')})?[.!。]*$`,
  'iu',
);

/**
 * Tells whether a page that shows a title and a text stands in for an article all the same: an error page, a demand for consent or script, a notice of maintenance.
 *
 * @param body        Elements that may be the page's body.
 * @param title       As the page shows it, not empty.
 * @param isUndated   The page says nowhere when it was published.
 *
 * Pure. Errs towards no: the page must call itself so, or bear nothing but such words as its title and no date.
 */
export function isStandIn(body: readonly TreeElement[], title: string, isUndated: boolean): boolean {
  if (body.some((element) => ERROR_PAGE_SIGNS.some((sign) => sign.startsWith('body') && matches(element, sign))))
    return true;
  return isUndated && STAND_IN_TITLE.test(title.trim());
}

/** @returns whether the text is no HTML at all: binary, JSON, a feed, plain text, nothing. Pure, looks at the start only. */
export function isNotHtml(text: string): boolean {
  const start = text.slice(0, 100_000).trimStart();
  if (start === '' || start.startsWith('%PDF')) return true;
  if (/^<\?xml/.test(start) && !/<html[\s>]/i.test(start)) return true;
  if (/^<(?:rss|feed|urlset|sitemapindex|svg)[\s>]/i.test(start)) return true;
  return !/<(?:!doctype|html|head|body|div|p|h1|article|section|span|table|main|meta|title|a|script)[\s>/]/i.test(
    start,
  );
}

/** @returns what blocks the article, if the page comes from a provider or a guard and not from the site. */
export function interferenceOn(html: string, tree: PageTree): 'challenge' | 'blockPage' | null {
  const start = html.slice(0, SIGN_SEARCH_LENGTH_MAX);
  if (isChallenge(start)) return 'challenge';
  if (!BLOCK_SIGNS.test(start)) return null;
  return inlineText(tree.root).length <= BLOCK_PAGE_TEXT_MAX ? 'blockPage' : null;
}

/** @returns whether a page without any article or list bears the marks of a provider's block page or a challenge. Pure. */
function bearsInterferenceSigns(html: string): boolean {
  if (html.length > SIGN_SEARCH_LENGTH_MAX || !/<(?:!doctype html|html|head|body)[\s>]/i.test(html)) return false;
  if (isChallenge(html)) return true;
  return BLOCK_SIGNS.test(html) && lengthWithoutTags(html) <= BLOCK_PAGE_TEXT_MAX;
}

function isChallenge(html: string): boolean {
  return CHALLENGE_SIGNS.test(html) || (GUARD_SCRIPT.test(html) && lengthWithoutTags(html) <= CHALLENGE_TEXT_MAX);
}

/** Looks at each character a few times only, whatever is left open: a tag that never ends is text, a script that never ends a tag. */
function lengthWithoutTags(html: string): number {
  const lowerCase = html.toLowerCase();
  const whole = lowerCase.length;
  let length = 0;
  let at = 0;
  for (const { 1: name, index } of lowerCase.matchAll(/<(?:(script|style)(?=[\s>]))?/g)) {
    if (index < at) continue;
    const endMark = name === undefined ? '>' : `</${name}>`;
    const found = lowerCase.indexOf(endMark, index);
    length += index - at + 1;
    if (found < 0) return length + whole - index;
    at = found + endMark.length;
  }
  return length + whole - at;
}

/** @returns whether the page lists other pages and has no article of its own. */
export function isListPage(tree: PageTree): boolean {
  if (selectFirst(tree, LIST_PAGE_SIGNS).length > 0) return true;
  return LIST_ITEMS.some((selector) => select(tree, selector).length >= LIST_ITEMS_MIN);
}

/** @returns why a page that holds an article's element without text is none all the same: a list, or an error page. */
export function standInOf(tree: PageTree): NotArticleReason | null {
  if (selectFirst(tree, LIST_PAGE_SIGNS).length > 0) return 'section';
  return selectFirst(tree, ERROR_PAGE_SIGNS).length > 0 ? 'unknownMarkup' : null;
}

/**
 * Cheap signs in a page's bytes, looked for without parsing: they only decide whether a browser is worth trying.
 * Case-sensitive, as the engines write them.
 */
const ARTICLE_SIGNS = [
  'article__title',
  'article__body',
  'articleBody',
  'b-article__',
  'white-longread',
  'online__item',
  'NewsArticle',
].map((sign) => Buffer.from(sign));

/** What the lists of these sites are made of. */
const LIST_SIGNS = ['list__item', 'list-item', '<item', '<entry', '<url', '<sitemap', 'b-stories', 'lenta__item'].map(
  (sign) => Buffer.from(sign),
);

const CHALLENGE_BYTES = [
  'cf-chl',
  'challenge-platform',
  '_cf_chl_opt',
  'ddos-guard',
  '__ddg',
  'smartcaptcha',
  'g-recaptcha',
  'h-captcha',
  'Checking your browser',
  'Just a moment...',
  '_Incapsula_Resource?CWUDNSAI',
  'captcha-delivery.com',
  'px-captcha',
  // Pages that load its script name `AwsWafIntegration` too.
  'awsWafCookieDomainList',
  'gokuProps',
  '__qrator',
  'sucuri_cloudproxy_js',
  'sec-if-cpt-container',
].map((sign) => Buffer.from(sign));

/** The same signs, where a browser can wait for them. */
export const ARTICLE_SELECTOR =
  '.article__title, .article__body, [itemprop=articleBody], [class^=b-article__], [class*=white-longread]';

/** A challenge is a small page that stands alone. */
const CHALLENGE_BYTES_MAX = 200_000;

/** @returns whether the page shows any sign of an article of a known engine. Errs towards yes. */
export function showsArticle(html: Buffer): boolean {
  return ARTICLE_SIGNS.some((sign) => html.includes(sign));
}

/** @returns whether the page asks the visitor to prove something before it shows itself. Errs towards no. */
export function looksLikeChallenge(html: Buffer): boolean {
  if (html.length > CHALLENGE_BYTES_MAX || showsArticle(html)) return false;
  return CHALLENGE_BYTES.some((sign) => html.includes(sign));
}

/**
 * @param body         Body of a 200 response, without its content encoding.
 * @param contentType  Content-Type header, null if there was none.
 * @returns            Whether the page is not from the site but a provider's block page or a challenge. Errs towards
 * no.
 */
export function looksLikeInterference(body: Buffer, contentType: string | null): boolean {
  if (body.length > CHALLENGE_BYTES_MAX || showsArticle(body)) return false;
  if (LIST_SIGNS.some((sign) => body.includes(sign))) return false;
  return bearsInterferenceSigns(decodeHtml(body, contentType).text);
}
