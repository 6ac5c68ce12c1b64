import { localParts } from './local-time.js';
import type { StoryChange, StoryContent, StoryTag, Withdrawal } from './story.js';

/** An edit in place. Paragraphs are counted among the `text` blocks, from 0. */
export interface EditOrder {
  readonly title?: string;
  readonly lead?: string | null;
  readonly appendParagraph?: string;
  readonly replaceParagraph?: { readonly index: number; readonly text: string };
  readonly removeParagraph?: number;
  /** True: the page does not show that it was modified; default false. */
  readonly silent?: boolean;
}

const MINUTE_MS = 60_000;

/** Pages print minutes: a modification shows no more. */
function touched(content: StoryContent, at: number): number {
  return Math.max(content.publishedAt, Math.floor(at / MINUTE_MS) * MINUTE_MS);
}

function editBlocks(content: StoryContent, order: EditOrder): StoryContent['blocks'] {
  let paragraph = -1;
  const blocks = content.blocks.flatMap((block): StoryContent['blocks'] => {
    if (block.type !== 'text') return [block];
    paragraph += 1;
    if (paragraph === order.removeParagraph) return [];
    if (paragraph !== order.replaceParagraph?.index) return [block];
    return [{ type: 'text', runs: [{ kind: 'plain', text: order.replaceParagraph.text }] }];
  });
  if (order.appendParagraph === undefined) return blocks;
  return [...blocks, { type: 'text', runs: [{ kind: 'plain', text: order.appendParagraph }] }];
}

export function editChange(order: EditOrder, at: number): StoryChange {
  return {
    at,
    apply: (content) => ({
      ...content,
      title: order.title ?? content.title,
      lead: order.lead === undefined ? content.lead : order.lead,
      blocks: editBlocks(content, order),
      modifiedAt: order.silent === true ? content.modifiedAt : touched(content, at),
    }),
  };
}

export function withdrawChange(withdrawn: Withdrawal, at: number): StoryChange {
  return { at, apply: (content) => ({ ...content, withdrawn }) };
}

/** The same article under a new date: new address, new time of publication, the old address redirecting. */
export function reissueChange(publishedAt: number, offsetMinutes: number, at: number): StoryChange {
  const date = localParts(publishedAt, offsetMinutes).basicDate;
  return {
    at,
    apply: (content) => {
      const path = content.path.replace(/\/\d{8}/, `/${date}`);
      const formerPaths = path === content.path ? content.formerPaths : [...content.formerPaths, content.path];
      return { ...content, path, formerPaths, publishedAt, modifiedAt: Math.max(publishedAt, content.modifiedAt) };
    },
  };
}

export function addTagChange(tag: StoryTag, silent: boolean, at: number): StoryChange {
  return {
    at,
    apply: (content) => ({
      ...content,
      tags: content.tags.some((other) => other.path === tag.path) ? content.tags : [...content.tags, tag],
      modifiedAt: silent ? content.modifiedAt : touched(content, at),
    }),
  };
}
