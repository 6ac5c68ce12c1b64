import { walkTree } from '../html/inline-text.js';
import { attributeOf, type TreeElement } from '../html/page-tree.js';

/** Stand around the text of a link while a paragraph is collected; Unicode keeps both for such uses, no text holds them. */
const LINK_START = '\ufdd0';
export const LINK_END = '\ufdd1';
/** Follow `LINK_START` where the link leads to an article of the site, or to a channel of the agency in a network. */
const TO_ARTICLE = '\ufdd2';
const TO_CHANNEL = '\ufdd3';
const LINK = /\ufdd0[^\ufdd0\ufdd1]*\ufdd1/g;
const LINK_MARKS = /[\ufdd0-\ufdd3]/g;

/** The group is the host, where the URL names one. */
const ARTICLE_URL = /^(?:https?:\/\/([\w.-]{1,253}))?\/(?:[\w-]+\/)?20\d{6}(?:\/|\d{5})/;
const OWN_HOST = /(?:^|\.)(?:sputnik[\w-]{0,60}|rian?|anlatilaninotesi|sarabic|spnfa|snanews)\./;
const OWN_CHANNEL_URL =
  /^https?:\/\/(?:www\.|m\.)?(?:t\.me|telegram\.me|dzen\.ru|max\.ru|vk\.com|ok\.ru|(?:facebook|twitter|x|instagram|youtube|tiktok)\.com)\/@?[\w.-]{0,40}(?:sputnik|snanews|rianovosti|rian_ru)[\w.-]{0,40}\/?(?:\?\S*)?$/i;

/** @returns what stands before the text of a link that leads there. */
export function linkStart(href: string): string {
  const article = ARTICLE_URL.exec(href);
  if (article !== null && (article[1] === undefined || OWN_HOST.test(article[1]))) return LINK_START + TO_ARTICLE;
  return OWN_CHANNEL_URL.test(href) ? LINK_START + TO_CHANNEL : LINK_START;
}

/** What the sites write before a link to another article, and never before anything else. */
const LABELS = [
  '(?:читайте|читать|смотрите|см\\.) (?:также|ещ[её]|по теме)|по теме|ранее по теме|материалы? по теме|подробнее(?: читайте)?',
  '(?:read|see) (?:also|more)|also read|related(?: (?:news|articles?|stories|story|reading))?|more on this(?: story| topic)?',
  '(?:相关|相關|延伸|更多)(?:新闻|新聞|阅读|閱讀|报道|報道|报导|報導)|(?:另请|另請)(?:参阅|參閱)|(?:阅读|閱讀)更多',
  '関連(?:記事|ニュース)|あわせて読みたい',
  '[iİ]lgili haber(?:ler)?|(?:ayrıca|bunu da|bunları da) okuyun|[iİ]lginizi çekebilir|(?:(?:həmçinin|bunu da) )?oxuyun',
  '(?:կարդացե՛?ք|կարդալ|տե՛?ս) նաև|(?:წაიკითხეთ|იხილეთ) (?:აგრეთვე|ასევე)',
  '[اإ]قر[أؤ](?:وا?|ي)? (?:[أا]يض(?:ا|اً|ًا)|المزيد)|(?:بیشتر|همچنین|مطالب مرتبط) بخوانید|مطالب مرتبط',
  '(?:lea|lee|ver|vea) también|(?:te|le) puede interesar|leia (?:também|mais)|veja também',
  '(?:(?:à )?lire|lisez) (?:aussi|également)|voir aussi|lesen sie auch|mehr zum thema|siehe auch|leggi anche',
  '(?:czytaj|przeczytaj|zobacz) (?:też|także|również)|čtěte také|(?:(?:pro)?čitajte|pogledajte|(?:про)?читајте|погледајте) (?:još|још|i|и)|(?:xem|đọc) thêm|(?:यह|ये) भी पढ़ें',
  "(?:тағы|сондай-ақ) оқыңыз(?:дар)?|(?:дагы|ошондой эле) окуңуз(?:дар)?|(?:шунингдек|яна) ўқинг|(?:shuningdek|yana) o[ʻ‘’ʼ`']qing|(?:инчунин|боз) хонед",
  '(?:citi[țţ]i|cite[șş]te|vezi) [șş]i|чытайце таксама|(?:skaityk(?:ite)?|lasi|lasiet) (?:taip pat|arī)|loe (?:ka|lisaks)|διαβάστε (?:επίσης|ακόμη)|шәаԥхьа иара убас',
].join('|');
const LABEL = new RegExp(`^(?:${LABELS})[\\s:：՝.…,;|•·،—–-]*$`, 'iu');
const LABEL_BEFORE_TITLE = new RegExp(`^(?:${LABELS})\\s*[:：՝—–-]`, 'iu');
const LABEL_LENGTH_MAX = 60;
/** More than what parts links. */
const WORDS = /[^\s.,;|•·\u2028]/u;

/** In any language: a short label, its colon, the title of another article, and no more. A title has no full stop. */
const LABELLED_LINK =
  /^[^\ufdd0.!?…"«„“]{2,40}[:：՝]\s*\ufdd0\ufdd2[^\ufdd0\ufdd1]{0,200}[^\ufdd0\ufdd1.։。।\s]\s*\ufdd1[\s.]*$/u;
const APPEAL_LENGTH_MAX = 150;
const QUOTED_OR_STATED = /["«»„“”「]|[.։。।]\s*$/u;

/** In any language: a short line, without a full stop, that leads to channels of the agency and nowhere else. */
function isAppealToFollow(raw: string): boolean {
  if (!raw.includes(TO_CHANNEL) || raw.length > APPEAL_LENGTH_MAX) return false;
  return !/\ufdd0(?!\ufdd3)/.test(raw) && !QUOTED_OR_STATED.test(withoutLinkMarks(raw));
}

/** @returns the text of a paragraph without the marks around its links. */
export function withoutLinkMarks(raw: string): string {
  return raw.replace(LINK_MARKS, '');
}

/**
 * Recognises paragraphs that only lead elsewhere: "Читайте также: …", nothing but a label and links, or an appeal to follow the agency.
 *
 * @param raw One paragraph, with its links between the marks. Pure. Errs towards text: one more word beside the links
 * makes it a sentence.
 */
export function isReadAlso(raw: string): boolean {
  if (!raw.includes(LINK_START)) return false;
  if (LABELLED_LINK.test(raw.trim()) || isAppealToFollow(raw)) return true;
  const beside = raw.replace(LINK, ' ').trim();
  if (beside.length > LABEL_LENGTH_MAX) return false;
  return WORDS.test(beside) ? LABEL.test(beside) : LABEL_BEFORE_TITLE.test(withoutLinkMarks(raw).trim());
}

/** @returns whether all that is written in a paragraph, its links between the marks, is links. */
export function isOnlyLinks(raw: string): boolean {
  return raw.includes(LINK_START) && !WORDS.test(raw.replace(LINK, ' '));
}

/** @returns whether a line is the label alone: the links follow. */
export function isReadAlsoLabel(line: string): boolean {
  return line.length <= LABEL_LENGTH_MAX && LABEL.test(line.trim());
}

/** @returns whether all that is written in the element is links. */
export function holdsOnlyLinks(element: TreeElement): boolean {
  let isWritten = false;
  let links = 0;
  walkTree(element, {
    enter: ({ name }) => {
      if (name === 'a') links += 1;
      return name !== 'a';
    },
    text: (text) => (isWritten ||= text.trim() !== ''),
  });
  return links > 0 && !isWritten;
}

/** The mark that the law asks of an advertisement in Russia, and what goes with it. */
const ADVERT_NOTICE = /^(?:на правах рекламы|реклама)(?:[.:!]|$)/iu;
const ADVERT_NUMBER =
  /(?<![\p{L}\p{N}])(?:erid[\s:=]{0,3}[a-z0-9]{6}|(?:инн|огрн(?:ип)?)[\s:№]{0,3}\d|рекламодатель[\s:–—-]{0,3}(?:[:–—-]|(?:ооо|п?ао|ип)(?!\p{L})))/iu;
/** Nothing but the advertiser's name, which is no sentence about him: "Реклама. 16+. ООО «Пример»". */
const ADVERTISER =
  /^[^.:!]{1,20}[.:!]\s?(?:\d{1,2}\+[.,]?\s?)?(?:ООО|П?АО|ИП)\s["«„“][^"»“”]{1,80}["»“”]{1,2}[^\p{Ll}]{0,40}$/u;
const BARE_NOTICE_LENGTH_MAX = 20;

/** @returns whether a paragraph only says that something is an advertisement, and whose. Pure. Errs towards no. */
export function isAdvertNotice(paragraph: string): boolean {
  if (!ADVERT_NOTICE.test(paragraph)) return false;
  return paragraph.length <= BARE_NOTICE_LENGTH_MAX || ADVERT_NUMBER.test(paragraph) || ADVERTISER.test(paragraph);
}

const SENTENCE_END = /[.!?…。！？։؟।][»”"'’)\]」』）]*$/mu;

/** @returns whether a line of the text ends as a sentence does. */
export function endsSentence(text: string): boolean {
  return SENTENCE_END.test(text);
}

/** Kinds of blocks that ask for something instead of telling it, by the words in their names. */
export const NO_TEXT_KIND =
  /subscri|promo|summary|digest|cookie|consent|gdpr|banner|advert|(?:^|[ _-])ads?(?:[ _-]|$)|sponsor|recommend|related|widget|donat|newsletter|share|social|comment|login|paywall|(?:^|[ _-])apps?(?:[ _-]|$)|see-?also|read-?(?:more|next|also)|injection/i;

/** @returns whether an element is of such a kind. */
export function asksForSomething(element: TreeElement): boolean {
  return NO_TEXT_KIND.test(kindNames(element));
}

/** @returns what the site calls an element: its `data-type` and classes. */
export function kindNames(element: TreeElement): string {
  return [attributeOf(element, 'data-type') ?? '', ...element.classes].join(' ');
}
