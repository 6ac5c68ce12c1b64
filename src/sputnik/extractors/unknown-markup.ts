import { createRequire } from 'node:module';
import type { BodyBlock } from '../../domain/article.js';
import { parsePage } from '../html/page-tree.js';
import { select } from '../html/select.js';
import { ArticleView, type ParsedPage } from './article-view.js';
import { extractBySpecification } from './extract-by-specification.js';
import { endsSentence } from './beside-text.js';
import { type BlockRules, collectBlocks } from './collect-blocks.js';
import { isDroppedBy } from './extract-body.js';
import type { ExtractorSpecification, PageFields } from './extractor.js';
import { isAroundText, isCalledBeside } from './last-resort.js';
import { NEVER_BODY, SPUTNIK_2021 } from './sputnik-2021.js';

/** Any page, by any publisher, that describes its article in microdata or JSON-LD. */
export const STRUCTURED_PAGE: ExtractorSpecification = {
  ...SPUTNIK_2021,
  name: 'structured-data',
  version: '7',
  era: 'any',
  roots: ['[itemscope][itemtype*=Article]', 'body', '#root'],
  signs: ['[itemprop=articleBody]', 'json-ld articleBody'],
  titles: ['h1[itemprop=headline]', 'microdata headline', 'json-ld headline', 'meta og:title', 'h1'],
  leads: ['[itemprop=alternativeHeadline]', 'microdata description', 'json-ld alternativeHeadline'],
  body: {
    containers: ['[itemprop=articleBody]'],
    parts: [],
    dropped: NEVER_BODY,
    quoteSelectors: [],
    lastResort: ['json-ld articleBody'],
  },
  published: [
    'json-ld datePublished',
    'microdata datePublished',
    'meta article:published_time',
    'time[datetime]@datetime',
    'microdata dateCreated',
  ],
  tagLinks: ['a[rel=tag]', ...SPUTNIK_2021.tagLinks],
  images: {
    lead: ['json-ld image', 'microdata image', 'meta og:image'],
    portraits: [],
    frames: ['[itemprop=articleBody] figure'],
    captions: ['figcaption'],
    credits: ['[itemprop=copyrightHolder]', '.credit'],
  },
};

/** The parts of both libraries that are used; their own types need a browser's. */
interface ReadabilityModule {
  readonly Readability: new (document: unknown, options: object) => { parse: () => { content?: unknown } | null };
}
interface LinkedomModule {
  readonly parseHTML: (html: string) => { readonly document: DomDocument };
}
interface DomDocument {
  readonly querySelectorAll: (selector: string) => Iterable<DomElement>;
}
interface DomElement {
  readonly textContent: string | null;
  readonly getAttribute: (name: string) => string | null;
  readonly remove: () => void;
}

/** What surrounds the text that Readability finds. */
const UNKNOWN_MARKUP: ExtractorSpecification = {
  ...STRUCTURED_PAGE,
  name: 'readability',
  version: '7',
  roots: ['body'],
  signs: [],
  titles: ['meta og:title', 'json-ld headline', 'h1', 'page title'],
  leads: [],
  body: { ...STRUCTURED_PAGE.body, containers: [], lastResort: [] },
};

/** A page that says none of this is not taken for an article, however long its text. */
const CLAIMS = ['meta article:published_time', 'json-ld headline', 'page article h1', 'page time[datetime]@datetime'];
/** Shorter text is a notice, not an article. */
const TEXT_LENGTH_MIN = 140;
/** The libraries build a full DOM and walk it many times: bigger pages are not worth the time of the others. */
const HTML_LENGTH_MAX = 1_500_000;
const ELEMENTS_MAX = 15_000;

const require = createRequire(import.meta.url);

/**
 * Extracts from a page of unknown markup with Mozilla Readability; `extractor.name` says so. This is the last extractor
 * that is tried.
 *
 * @returns What it found, or null if the page does not declare itself an article, is too big or too deep for a DOM, or
 * has no running text. Errs towards null.
 */
export function extractWithReadability(html: string, page: ParsedPage): PageFields | null {
  const { tree } = page;
  if (html.length > HTML_LENGTH_MAX || tree.isCut || tree.elements.length > ELEMENTS_MAX) return null;
  const [root = tree.root] = select(tree, 'body');
  const view = new ArticleView(page, root);
  const isArticle = view.read('meta og:type').some(({ value }) => value === 'article');
  if (!isArticle && !CLAIMS.some((claim) => view.read(claim).length > 0)) return null;
  const content = mainContent(html);
  if (content === null) return null;
  const blocks = fromSentenceToSentence(collectBlocks(parsePage(content).root, 'text', RULES));
  const fields = extractBySpecification(UNKNOWN_MARKUP, view);
  const length = blocks.reduce((sum, { text }) => sum + text.length, 0);
  if (length < TEXT_LENGTH_MIN || fields.titles.length === 0) return null;
  return { ...fields, body: { blocks, source: 'readability' } };
}

const isNeverBody = isDroppedBy(NEVER_BODY);
const RULES: BlockRules = {
  isDropped: (element) => isNeverBody(element) || isAroundText(element),
  isQuote: () => false,
};

/** What stands before the first sentence and behind the last one is the title, a date, a byline, tags. */
function fromSentenceToSentence(blocks: readonly BodyBlock[]): readonly BodyBlock[] {
  const isSentence = ({ type, text }: BodyBlock): boolean => type !== 'heading' && endsSentence(text);
  return blocks.slice(Math.max(blocks.findIndex(isSentence), 0), blocks.findLastIndex(isSentence) + 1);
}

/** Readability spares bylines, comments and appeals where the text is short. What holds half of the paragraphs is the text, whatever it is called. */
function removeWhatStandsBeside(document: DomDocument): void {
  const lengthOf = ({ textContent }: DomElement): number => textContent?.length ?? 0;
  const lengthMax = [...document.querySelectorAll('p')].reduce((sum, paragraph) => sum + lengthOf(paragraph), 0) / 2;
  for (const element of document.querySelectorAll('[class]')) {
    const classes = element.getAttribute('class')?.split(/\s+/) ?? [];
    if (isCalledBeside(classes) && lengthOf(element) < lengthMax) element.remove();
  }
}

function mainContent(html: string): string | null {
  // Loaded on first use: most processes never meet such a page.
  const { parseHTML } = require('linkedom') as LinkedomModule;
  const { Readability } = require('@mozilla/readability') as ReadabilityModule;
  try {
    const { document } = parseHTML(html);
    removeWhatStandsBeside(document);
    const { content } = new Readability(document, { maxElemsToParse: ELEMENTS_MAX }).parse() ?? {};
    return typeof content === 'string' && content !== '' ? content : null;
  } catch (error) {
    // What the libraries throw at rubbish means that they find no article in it.
    if (error instanceof Error) return null;
    throw error;
  }
}
