import type { BodyBlock } from '../domain/article.js';
import type { Found, PageFields } from '../sputnik/extractors/extractor.js';
import { foldWidth } from '../sputnik/site-time.js';
import { cleanLine, cleanText, disagreement, firstLine, type Field, type NormaliseContext } from './field.js';

const TITLE_LENGTH_MAX = 5_000;
/** Fewer sources may share one mistake. */
const WITNESSES_MIN = 3;
/** More than the patterns of what the sites add can match. */
const SUFFIX_LENGTH_MAX = 120;
/** " - 10.05.2024, Sputnik International", " - РИА Новости, 11.06.2022": what the sites add in `<title>`. */
const SUFFIX =
  /\s[-–—|]\s(?:(?:\d{1,2}\.\d{1,2}\.\d{4}|\d{4}年\d{1,2}月\d{1,2}日),\s?[^,]{2,60}|[^,|]{2,60},\s\d{1,2}\.\d{1,2}\.\d{4})$/u;

/**
 * The first title found, on one line; where three other sources agree on another one, that one: the most trusted
 * element of the page then shows a second title, a rubric or a story. One that only cuts or lengthens the other agrees.
 * Titles that differ in more than punctuation and blanks are disagreements.
 */
export function normaliseTitle(fields: PageFields): Field<string> {
  const letters = new Map<string, string>();
  const toTitle = (found: Found): Title => titleOf(found, letters);
  const titles = fields.titles.map(toTitle).filter(({ value }) => value !== '');
  const secondTitles = fields.leads.filter(({ source }) => source.includes('second-title')).map(toTitle);
  const isSecond = (title: Title): boolean => secondTitles.some((other) => isSameTitle(title, other));
  const first = titles.find((title) => !isSecond(title)) ?? titles[0];
  if (first === undefined) return { value: '', source: null, disagreements: [] };
  const witnessed = witnessedTitle(first, fields.titleWitnesses.map(toTitle));
  const chosen = witnessed === null ? first : (titles.find((title) => isSameTitle(title, witnessed)) ?? witnessed);
  const disagreements = titles
    .filter((title) => !isSameTitle(title, chosen) && !isSecond(title))
    .map(({ value, source }) =>
      disagreement('title', chosen.value, value, `${source} is less trusted than ${chosen.source}`),
    );
  return { value: chosen.value, source: chosen.source, disagreements };
}

interface Title extends Found {
  /** By which titles are compared. */
  readonly letters: string;
}

/**
 * @returns  The title that enough witnesses give against the shown one, null where they do not. What the head alone says
 *           is one hand's work: it often keeps the words of an earlier title (seen on sputniknews.com, 2019-06-20).
 */
function witnessedTitle(shown: Title, witnesses: readonly Title[]): Title | null {
  const contrary = witnesses.filter(
    ({ letters }) => letters !== '' && !letters.startsWith(shown.letters) && !shown.letters.startsWith(letters),
  );
  const [best] = contrary
    .map((one) => ({ one, votes: contrary.filter((other) => supports(other, one)) }))
    .filter(({ votes }) => votes.some(({ source }) => /^(?:microdata|json-ld) /.test(source)))
    .sort((a, b) => b.votes.length - a.votes.length);
  const votesNeeded = Math.max(WITNESSES_MIN, witnesses.length - contrary.length + 1);
  return best !== undefined && best.votes.length >= votesNeeded ? best.one : null;
}

/** `<title>` goes on behind the title, with the agency and the date in more forms than are known. */
function supports(witness: Title, title: Title): boolean {
  return witness.source === 'page title' ? witness.letters.startsWith(title.letters) : isSameTitle(witness, title);
}

function isSameTitle(a: Title, b: Title): boolean {
  return a.letters === b.letters;
}

/** @param known  Letters of the titles before: most sources say the same one. */
function titleOf({ value, source }: Found, known: Map<string, string>): Title {
  const line = cleanLine(value.slice(0, TITLE_LENGTH_MAX));
  const title = source === 'page title' ? withoutEnd(line, SUFFIX) : line;
  let letters = known.get(title);
  if (letters === undefined) known.set(title, (letters = lettersOf(title)));
  return { value: title, source, letters };
}

/**
 * The pattern is searched at the end of the text after its digits are made plain; the rest of the text is left
 * unchanged.
 */
function withoutEnd(text: string, pattern: RegExp): string {
  const start = Math.max(0, text.length - SUFFIX_LENGTH_MAX);
  const at = foldWidth(text.slice(start)).search(pattern);
  return at < 0 ? text : text.slice(0, start + at);
}

function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** " 2023年4月12日, 俄羅斯衛星通訊社", " 10.05.2024, Sputnik International": what the site adds to descriptions. */
const DESCRIPTION_SUFFIX =
  / ?(?:\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}[./]\d{1,2}[./]\d{4}|\d{4}[./-]\d{2}[./-]\d{2})[,،、] ?[^,،、]{2,60}$/u;

/**
 * The announce text above the body, else a second title; null where the page shows none: descriptions in the head are
 * cut, and never taken.
 */
export function normaliseLead(fields: PageFields, title: string): Field<string | null> {
  const leads = fields.leads
    .filter(({ value, source }) => !source.includes('second-title') || lettersOf(value) !== lettersOf(title))
    .map(({ value, source }) => ({
      value: source.endsWith('description') ? withoutEnd(cleanLine(value), DESCRIPTION_SUFFIX) : value,
      source,
    }));
  return firstLine(leads);
}

/**
 * How datelines look with plain digits and marks, one pattern a family of languages; the whole match is the dateline. None is
 * tried, nor made ready by the engine, which takes milliseconds, where its agency is not named.
 * Source: site facts, §5, and the agency's pages of 2015-2026.
 */
const DATELINES: readonly { readonly agency: RegExp; readonly pattern: RegExp }[] = [
  // 俄羅斯衛星通訊社莫斯科4月12日電 · 俄新社莫斯科10月1日电
  {
    agency: /星[通新]|俄新/,
    pattern:
      /^(?:据?俄[羅罗]斯[衛卫]星通[訊讯]社|[衛卫]星新[聞闻]通[訊讯]社|[衛卫]星通[訊讯]社|俄新社|俄新[網网]) ?[^。,:;\s]{1,30}? ?\d{1,2} ?月 ?\d{1,2} ?日[電电讯訊]/u,
  },
  // МОСКВА, 31 мая - РИА Новости. · BAKI, 21 aprel — Sputnik. · ԵՐԵՎԱՆ, 2 սեպտեմբերի – Sputnik.
  {
    agency: /РИА Новости|РАПСИ|Прайм|Sputnik|Спутник|Սպուտնիկ|სპუტნიკი|Спутнік/,
    pattern:
      /^[\p{Lu}\p{Lo}\p{Script=Georgian}][\p{L}\p{M}\p{N} .'’ʼ()/-]{1,60}?, ?(?:\d{1,2}[- ]?\p{L}{2,20}\.?|\p{L}{3,20}\.? \d{1,2})(?: \d{4}(?: ?г\.?)?)? ?[-–—−] ?(?:РИА Новости|РАПСИ|Прайм|Sputnik|Спутник|Սպուտնիկ|სპუტნიკი|Спутнік)(?:[ -][\p{L}]{3,20})?(?:, \p{Lu}[\p{L}-]{1,20}(?: \p{Lu}[\p{L}-]{1,20}){0,2}(?=[.։:]))?[.։:]?(?=\s|$)/u,
  },
  // MOSCOW (Sputnik) — · YEREVAN, April 12 (Sputnik) - · MOSCÚ (Sputnik)
  {
    agency: /Sputnik|RIA Novosti|Спутник|РИА Новости/,
    pattern:
      /^[\p{Lu}][\p{L}\p{M} .'’/-]{1,60}?(?:, [\p{L}\p{N} .]{3,25})? \((?:Sputnik|RIA Novosti|Спутник|РИА Новости)[^)]{0,30}\)(?: ?[-–—−])?/u,
  },
  // موسكو - سبوتنيك. · القاهرة، 12 أبريل - سبوتنيك
  {
    agency: /سبوتنيك|اسپوتنیک/,
    pattern:
      /^[\p{Script=Arabic}\p{M} ]{2,40}?(?:[،,] ?[\p{Script=Arabic}\p{N}\p{M} /]{2,30})? ?[-–—−] ?(?:سبوتنيك|اسپوتنیک)(?: [\p{Script=Arabic}]{2,15})?[.،:]?(?=\s|$)/u,
  },
  // モスクワ4月12日(スプートニク)
  {
    agency: /スプートニク/,
    pattern: /^[\p{Script=Han}\p{Script=Katakana}ー・ ]{2,20}\d{1,2}月\d{1,2}日 ?[（(]?スプートニク[)）]?/u,
  },
];

const SEARCH_LENGTH_MAX = 160;

/**
 * Finds the dateline: place, day and agency at the start of the lead or of the first paragraph. It stays in the text.
 *
 * Errs towards null: a sentence that merely begins with a town is none.
 */
export function findDateline(lead: string | null, body: readonly BodyBlock[]): Field<string | null> {
  const first = body.find(({ type }) => type === 'text' || type === 'quote');
  const starts = [
    { source: 'lead', text: lead },
    { source: 'body', text: first?.text ?? null },
  ];
  for (const { source, text } of starts) {
    const start = text?.slice(0, SEARCH_LENGTH_MAX) ?? '';
    const folded = foldWidth(start);
    for (const { agency, pattern } of DATELINES) {
      const match = agency.test(folded) ? pattern.exec(folded) : null;
      if (match !== null) return { value: start.slice(0, match[0].length).trim(), source, disagreements: [] };
    }
  }
  return { value: null, source: null, disagreements: [] };
}

/** The agency, its branches and its sisters, in any form: signing its own text it is no author. */
const AGENCY =
  /sputnik|спутник|սպուտնիկ|სპუტნიკ|سبوتنيك|اسپوتنیک|スプートニク|[衛卫]星通[訊讯]社|[衛卫]星新[聞闻]|俄新社|俄新[網网]/iu;
/** Its sisters, and forms in which the words around the name tell. */
const SISTERS = new RegExp(
  [
    '(?<!\\p{L})(?:риа|ria)\\s*["«„“]?(?:новост|novost|недвижимост|наук|спорт|крым)',
    '(?:россия|ross?i[yj]?a|russia)\\s+(?:сегодня|segod\\p{L}+|today)',
    '^(?:агентство )?["«„“]?(?:рапси|rapsi|р-спорт|r-sport|иносми|inosmi|прайм|украина\\.ру)["»“”]?$',
  ].join('|'),
  'iu',
);
/** The same in capitals; in small letters they are names of people. */
const AGENCY_CAPITALS = /(?<!\p{L})(?:РИА|RIA|ФГУП|FGUP)(?!\p{L})|^(?:МИА|MIA)(?!\p{L})/u;
/** "Finian Cunningham. Sputnik International", "Иван Петров (РИА Новости)": the agency behind a name. */
const AGENCY_SUFFIX = /(?: ?[.,/|(]| [-–—]) ?(?:sputnik|спутник|риа новости|ria novosti)[^.,/|]{0,120}$/iu;
/** Other agencies, whose texts the sites take over: no people either. */
const OTHER_AGENCIES =
  /^(?:тасс|итар-тасс|интерфакс|рт|рбк|арменпресс|արմենպրես|арка|азертадж|tass|itar-tass|interfax|reuters|рейтер|ap|associated press|the associated press|afp|agence france[ -]presse|dpa|ansa|efe|kyodo|jiji|irna|isna|fars|mehr|tasnim|anadolu(?: ajansı| agency)?(?: \(aa\))?|aa|bbc|cnn|rt|xinhua|yonhap|pti|azərtac|azertac|apa|trend|report|armenpress|news\.am|新华社|新華社|塔斯社|法新社|路透社|美联社|美聯社|中新社|中新网|中新網|رويترز|تاس|أ ف ب|شينخوا|ایرنا|ایسنا|فارس|تسنیم|مهر)$/iu;
/** Words that stand in place of a name. */
const NO_NAME =
  /^(?:n\/?a|none|null|nil|undefined|unknown|anonymous|admin(?:istrator)?|editor|editors|staff|author|редакция|редактор|администратор|автор|без автора|не указан|haber merkezi|编辑部|編輯部|編集部|التحرير|هيئة التحرير|المحرر|تحریریه|संपादक|ban biên tập)$|(?<!\p{L})(?:editorial(?!\p{L})|r[eé]da(?:c[ctțţ]|ç|k[cst]|zion)|редакц|խմբագր|რედაქც)/iu;
/** Without a scheme as well: `ria.ru/authors/petrov`. */
const WEB_ADDRESS = /^https?:|@|^[^\s/]+\.(?:ru|com|az|am|org|net|ge|cn|ae|ir|jp|lat|br|africa)(?:\/\S*)?$/i;
const BY = /^(?:by|автор(?:ы)?|հեղինակ՝?|müəllif|作者|记者|記者|por|par|yazar)(?:\s*[:：՝]\s*|\s+)/iu;
const AUTHORS_MAX = 30;
const NAME_LENGTH_MAX = 120;

/** Names of people by the first source that names any; a URL (`article:author` may hold one) is no name. */
export function normaliseAuthors(fields: PageFields): Field<string[]> {
  const sources = [...new Set(fields.authors.map(({ source }) => source))];
  for (const source of sources) {
    const names = fields.authors.filter((found) => found.source === source).flatMap(({ value }) => namesIn(value));
    if (names.length > 0) return { value: [...new Set(names)].slice(0, AUTHORS_MAX), source, disagreements: [] };
  }
  return { value: [], source: null, disagreements: [] };
}

function namesIn(value: string): string[] {
  const parts = cleanText(value.slice(0, NAME_LENGTH_MAX * AUTHORS_MAX))
    .split(/[,;،、，；؛\n]|\s[/|&]\s/)
    .flatMap(splitPair)
    .map((name) => name.trim().replace(BY, '').replace(AGENCY_SUFFIX, '').trim())
    .filter((name) => name !== '' && name.length <= NAME_LENGTH_MAX && !isNobody(name));
  // "Иван Петров, политолог": beside a name, words in small letters are the person's occupation.
  return parts.some((name) => /\p{Lu}/u.test(name)) ? parts.filter((name) => !isAllSmall(name)) : parts;
}

/** Georgian is written without capitals. */
function isAllSmall(name: string): boolean {
  return /\p{Ll}/u.test(name) && !/[\p{Lu}\p{Lt}\p{Lo}\p{Script=Georgian}]/u.test(name);
}
const NAME = String.raw`\p{Lu}[\p{L}\p{M}.'’-]*`;
const NAME_OF_PERSON = `${NAME}(?: (?:(?:de|da|do|del|van|von|al|bin) )?${NAME}){1,3}`;
/**
 * "Анна Саркисян и Давид Галстян": with a first name and a surname on both sides, unlike "Рамон и Кахаль". A word that
 * also occurs within names does not separate them: "Rui Costa e Silva Pereira" is one man.
 */
const PAIR = new RegExp(`^(${NAME_OF_PERSON}) (?:and|и|і|եւ|և|və|ve|et|und|და|oraz|و) (${NAME_OF_PERSON})$`, 'u');

function splitPair(names: string): readonly string[] {
  const [, one, other] = PAIR.exec(names.trim().replace(BY, '')) ?? [];
  return one === undefined || other === undefined ? [names] : [one, other];
}

function isNobody(name: string): boolean {
  return (
    AGENCY.test(name) ||
    OTHER_AGENCIES.test(name) ||
    NO_NAME.test(name) ||
    SISTERS.test(name) ||
    AGENCY_CAPITALS.test(name) ||
    WEB_ADDRESS.test(name) ||
    !/\p{L}/u.test(name)
  );
}

/** The site's own codes where they are not BCP 47: `cn_CN` stands on Chinese pages of both scripts. */
const SITE_CODES: Readonly<Record<string, string>> = { cn: 'zh', eng: 'en', rus: 'ru', arm: 'hy', am: 'hy' };

/**
 * The edition's language: pages of both Chinese scripts call themselves `cn_CN`, so the page decides nothing.
 * A page that names another language altogether is a disagreement.
 */
export function normaliseLanguage(fields: PageFields, context: NormaliseContext): Field<string> {
  const { language } = context.edition;
  const disagreements = fields.languages
    .filter(({ value }) => primaryOf(value) !== '' && primaryOf(value) !== primaryOf(language))
    .map(({ value, source }) => disagreement('language', language, value, `${source} differs from the edition`));
  return { value: language, source: 'edition', disagreements };
}

function primaryOf(code: string): string {
  const primary = code.trim().toLowerCase().split(/[-_]/)[0] ?? '';
  return SITE_CODES[primary] ?? primary;
}
