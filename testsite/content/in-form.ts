import type { StoryBlock, StoryContent } from './story.js';

const keep = (content: StoryContent, types: readonly StoryBlock['type'][]): readonly StoryBlock[] =>
  content.blocks.filter((block) => types.includes(block.type));

/** What the old engine knew: paragraphs, quotes, pictures and cards; its tags stood under `/tags/`, without the rubric. */
function inOldEngine(content: StoryContent): StoryContent {
  return {
    ...content,
    secondTitle: null,
    blocks: keep(content, ['text', 'quote', 'media', 'article']),
    tags: content.tags.slice(1).map((tag) => ({ ...tag, path: `/tags${tag.path}` })),
    authors: [],
    storyBox: null,
    digest: [],
  };
}

/** A page without text: a title, tags, and pictures, a player or a question. */
function withoutText(content: StoryContent & { readonly form: 'gallery' | 'video' | 'poll' }): StoryContent {
  const [picture] = keep(content, ['media']);
  const images = content.leadImage === null ? [] : [content.leadImage];
  const own: StoryBlock =
    content.form === 'gallery' ? { type: 'photolenta', images } : { type: content.form, text: content.title };
  return {
    ...content,
    blocks: picture === undefined ? [own] : [own, picture],
    secondTitle: null,
    lead: null,
    dateline: null,
    leadImage: null,
  };
}

/** @returns the story with what its page's form can show, and nothing else. Pure. */
export function inForm(content: StoryContent): StoryContent {
  switch (content.form) {
    case 'old':
      return inOldEngine(content);
    case 'gallery':
    case 'video':
    case 'poll':
      return withoutText({ ...content, form: content.form });
    case 'live':
      return { ...content, blocks: keep(content, ['text']) };
    case 'longread':
      return {
        ...content,
        secondTitle: null,
        blocks: keep(content, ['text', 'quote', 'h2', 'h3', 'list', 'vrez', 'media']),
      };
    default:
      return content;
  }
}
