import type { Article } from '../domain/article.js';

export const CITATION_STYLES = ['gb-t-7714', 'apa', 'chicago', 'bibtex', 'csl-json'] as const;
type CitationStyle = (typeof CITATION_STYLES)[number];

/** Days, `2023-04-12`; null: not known. */
interface CitedDays {
  readonly published: string | null;
  /** When the text that is cited was read. */
  readonly accessed: string | null;
}

const PUBLISHER = 'Sputnik';
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/**
 * Cites an article as a web page with a day: GB/T 7714-2015 (`[EB/OL]`), APA 7, Chicago 17 (bibliography), BibLaTeX, or CSL-JSON for any other
 * style. The day is that of the edition's own time zone, as its page shows it; the day of access is that of the capture.
 *
 * Names are kept in the order in which the page gives them: which part of a name is the family's is not known. Pure.
 */
export function citeArticle(article: Article, style: CitationStyle, timeZone: string): string {
  const days = {
    published: dayIn(article.publishedAt, timeZone),
    accessed: dayIn(article.capture?.fetchedAt ?? article.lastSeenAt, timeZone),
  };
  return CITERS[style](article, days);
}

type Citer = (article: Article, days: CitedDays) => string;

const CITERS: Readonly<Record<CitationStyle, Citer>> = {
  'gb-t-7714': ({ title, url, ...article }, { published, accessed }) => {
    const names =
      article.authors.length > 3 ? [...article.authors.slice(0, 3), etAl(article.language)] : article.authors;
    const dates = `${published === null ? '' : `(${published})`}${accessed === null ? '' : `[${accessed}]`}`;
    return `${stopped(names.join(', ') || PUBLISHER)} ${title}[EB/OL]. ${dates}. ${url}.`;
  },
  apa: ({ title, url, authors }, { published }) => {
    const date = published === null ? 'n.d.' : `${published.slice(0, 4)}, ${monthDay(published)}`;
    if (authors.length === 0) return `${PUBLISHER}. (${date}). ${stopped(title)} ${url}`;
    return `${stopped(joined(authors, '&'))} (${date}). ${stopped(title)} ${PUBLISHER}. ${url}`;
  },
  chicago: ({ title, url, authors }, { published, accessed }) => {
    const date = published === null ? '' : `, ${monthDay(published)}, ${published.slice(0, 4)}`;
    const read =
      published !== null || accessed === null ? '' : ` Accessed ${monthDay(accessed)}, ${accessed.slice(0, 4)}.`;
    return `${stopped(joined(authors, 'and') || PUBLISHER)} “${stopped(title)}” ${PUBLISHER}${date}.${read} ${url}.`;
  },
  bibtex: (article, { published, accessed }) => {
    const fields: readonly (readonly [string, string | null])[] = [
      [
        'author',
        (article.authors.length === 0 ? [PUBLISHER] : article.authors).map((name) => `{${latex(name)}}`).join(' and '),
      ],
      ['title', `{${latex(article.title)}}`],
      ['date', published],
      ['url', article.url.replace(/[{}\\]/g, encodeURIComponent)],
      ['urldate', accessed],
      ['organization', PUBLISHER],
      ['langid', article.language],
    ];
    const lines = fields.flatMap(([name, value]) => (value === null ? [] : [`  ${name} = {${value}},`]));
    return [`@online{${keyOf(article)},`, ...lines, '}'].join('\n');
  },
  'csl-json': (article, { published, accessed }) => JSON.stringify([cslItem(article, published, accessed)], null, 2),
};

function cslItem(
  { id, title, url, language, authors, lead }: Article,
  published: string | null,
  accessed: string | null,
): object {
  return {
    id,
    type: 'webpage',
    title,
    ...(authors.length === 0 ? {} : { author: authors.map((literal) => ({ literal })) }),
    'container-title': PUBLISHER,
    publisher: PUBLISHER,
    ...(published === null ? {} : { issued: dateParts(published) }),
    ...(accessed === null ? {} : { accessed: dateParts(accessed) }),
    ...(lead === null ? {} : { abstract: lead }),
    URL: url,
    language,
  };
}

function dateParts(day: string): object {
  return { 'date-parts': [day.split('-').map(Number)] };
}

function dayIn(instant: string | null, timeZone: string): string | null {
  if (instant === null) return null;
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(instant));
}

function monthDay(day: string): string {
  return `${MONTHS[Number(day.slice(5, 7)) - 1] ?? ''} ${Number(day.slice(8))}`;
}

/** A text that ends a sentence already gets no full stop. */
function stopped(text: string): string {
  return /[.?!。？！…]$/u.test(text) ? text : `${text}.`;
}

function joined(names: readonly string[], last: string): string {
  if (names.length < 2) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')}, ${last} ${names.at(-1) ?? ''}`;
}

function etAl(language: string): string {
  return language.startsWith('zh') ? '等' : 'et al';
}

function keyOf({ id }: Article): string {
  return `sputnik-${id.replace(/[^a-z0-9]+/g, '-')}`;
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

function latex(text: string): string {
  return text.replace(/[\\{}$&#%_~^]/g, (sign) => LATEX[sign] ?? `\\${sign}`).replace(/\s+/g, ' ');
}
