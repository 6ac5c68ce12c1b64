import type { ArticleFormat, ArticleImage, BodyBlock, RelatedLink, Tag } from '../../src/domain/article.js';
import type { NotArticleReason } from '../../src/domain/outcome.js';
import { toUtcInstant } from '../../src/platform/clock.js';
import type { Inline, StoryBlock, StoryContent, StoryImage, Withdrawal } from './story.js';
import type { PageState } from './world.js';
import { countryTag } from './tag-urls.js';

/** What a correct extraction of one page of the test site must give, field by field. Made from the story, never from its markup. */
export interface TruthArticle {
  readonly edition: string;
  readonly family: string;
  readonly articleId: string;
  readonly language: string;
  /** Canonical https URL. */
  readonly url: string;
  /** URLs under which it stood before. */
  readonly aliases: readonly string[];
  readonly title: string;
  readonly lead: string | null;
  readonly body: readonly BodyBlock[];
  readonly dateline: string | null;
  /** As the page shows it; a re-issued page shows its new date. */
  readonly publishedAt: string;
  /** Before any re-issue: what the record keeps. */
  readonly firstPublishedAt: string;
  /** Null where the page shows none. */
  readonly modifiedAt: string | null;
  readonly tags: readonly Tag[];
  readonly topics: readonly string[];
  readonly section: string;
  readonly authors: readonly string[];
  readonly format: ArticleFormat;
  readonly images: readonly ArticleImage[];
  readonly related: readonly RelatedLink[];
  readonly copyrightHolder: string | null;
  readonly onTopic: boolean;
  /** How it answers, where it has been withdrawn. */
  readonly withdrawn: Withdrawal | null;
  /** Set where the page is no article. */
  readonly notArticle: NotArticleReason | null;
  /** Set where it repeats another story's text on purpose. */
  readonly copyOf: { readonly articleId: string; readonly kind: 'exact' | 'near' } | null;
  /** Number of changes since its publication that are in force. */
  readonly version: number;
}

const collapseBlanks = (text: string): string => text.replace(/\s+/g, ' ').trim();

export function runsText(runs: readonly Inline[]): string {
  return collapseBlanks(runs.map((run) => run.text).join(''));
}

function bodyBlock(block: StoryBlock): BodyBlock | null {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: runsText(block.runs) };
    case 'vrez':
      return { type: 'text', text: collapseBlanks(block.text) };
    case 'quote':
      return { type: 'quote', text: collapseBlanks(block.text) };
    case 'h2':
    case 'h3':
      return { type: 'heading', text: collapseBlanks(block.text) };
    case 'list':
      return { type: 'list', text: block.items.map(collapseBlanks).join('\n') };
    default:
      return null;
  }
}

/** Cards and links to other articles, in page order, each once; only a card tells the other article's title. */
function relatedLinks(content: StoryContent, origin: string): RelatedLink[] {
  const found = new Map<string, string | null>();
  for (const block of content.blocks) {
    if (block.type === 'article') found.set(block.card.path, collapseBlanks(block.card.title));
    if (block.type !== 'text') continue;
    for (const run of block.runs) {
      if (run.kind === 'articleLink' && !found.has(run.link.path)) found.set(run.link.path, null);
    }
  }
  return [...found].map(([path, title]) => ({ url: origin + path, title }));
}

/** The old engine shows a time of modification only where there was one. */
function modifiedAt({ form, modifiedAt: at, publishedAt }: StoryContent): string | null {
  return form === 'old' && at === publishedAt ? null : toUtcInstant(at);
}

function allImages(content: StoryContent): ArticleImage[] {
  const inBody = content.blocks.flatMap((block): readonly StoryImage[] =>
    block.type === 'media' ? [block.image] : block.type === 'photolenta' ? block.images : [],
  );
  const images = content.leadImage === null ? inBody : [content.leadImage, ...inBody];
  return images.map(({ url, caption, credit }) => ({ url, caption, credit }));
}

/** A topic is known by its tag's URL, which no script conversion touches. */
function topicsOf(state: PageState): string[] {
  const { grammar } = state.profile;
  const slugs = new Set(state.content.tags.map((tag) => tag.path.replace(/^\/tags/, '')));
  return [
    ...(slugs.has(countryTag(grammar.armenia).path) ? ['armenia'] : []),
    ...(slugs.has(countryTag(grammar.azerbaijan).path) ? ['azerbaijan'] : []),
  ];
}

/** A second title stands in for the announce text where there is none. */
function leadOf({ lead, secondTitle }: StoryContent): string | null {
  const shown = lead ?? secondTitle;
  return shown === null ? null : collapseBlanks(shown);
}

function notArticle(content: StoryContent): NotArticleReason | null {
  if (content.withdrawn === 'emptyBody') return 'emptyBody';
  return content.form === 'poll' ? 'poll' : null;
}

function formatOf({ form, blocks }: StoryContent): ArticleFormat {
  if (form === 'live' || form === 'longread') return form;
  if (blocks.some((block) => bodyBlock(block) !== null)) return 'text';
  return form === 'gallery' ? 'photo' : form === 'video' ? 'video' : 'text';
}

/** @returns what a correct extraction of the page in this state gives. Pure. */
export function truthOf(state: PageState): TruthArticle {
  const { profile, story, content } = state;
  const origin = `https://${profile.id}`;
  const topics = topicsOf(state);
  return {
    edition: profile.id,
    family: profile.family,
    articleId: story.articleId,
    language: profile.language,
    url: origin + content.path,
    aliases: content.formerPaths.map((path) => origin + path),
    title: collapseBlanks(content.title),
    lead: leadOf(content),
    body: content.blocks.flatMap((block) => bodyBlock(block) ?? []),
    dateline: content.dateline,
    publishedAt: toUtcInstant(content.publishedAt),
    firstPublishedAt: toUtcInstant(story.first.publishedAt),
    modifiedAt: modifiedAt(content),
    tags: content.tags
      .filter((tag) => tag.label !== true)
      .map((tag) => ({ name: tag.name, url: origin + tag.path, kind: tag.kind })),
    topics,
    section: content.section.name,
    authors: content.authors,
    format: formatOf(content),
    images: allImages(content),
    related: relatedLinks(content, origin),
    copyrightHolder: content.form === 'old' ? null : profile.copyrightHolder,
    onTopic: topics.length > 0,
    withdrawn: content.withdrawn,
    notArticle: notArticle(content),
    copyOf: story.copyOf,
    version: state.version,
  };
}
