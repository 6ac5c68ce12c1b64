import { localParts } from './local-time.js';
import type { StoryChange, StoryContent, StoryTag, Withdrawal } from './story.js';

/** An edit in place. Paragraphs are counted among the `text` blocks, from 0. */
export interface EditRequest {
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

function editBlocks(content: StoryContent, request: EditRequest): StoryContent['blocks'] {
  let paragraph = -1;
  const blocks = content.blocks.flatMap((block): StoryContent['blocks'] => {
    if (block.type !== 'text') return [block];
    paragraph += 1;
    if (paragraph === request.removeParagraph) return [];
    if (paragraph !== request.replaceParagraph?.index) return [block];
    return [{ type: 'text', runs: [{ kind: 'plain', text: request.replaceParagraph.text }] }];
  });
  if (request.appendParagraph === undefined) return blocks;
  return [...blocks, { type: 'text', runs: [{ kind: 'plain', text: request.appendParagraph }] }];
}

export function editChange(request: EditRequest, at: number): StoryChange {
  return {
    at,
    apply: (content) => ({
      ...content,
      title: request.title ?? content.title,
      // Nothing stands in for a lead that is asked for, or taken away.
      secondTitle: request.lead === undefined ? content.secondTitle : null,
      lead: request.lead === undefined ? content.lead : request.lead,
      blocks: editBlocks(content, request),
      modifiedAt: request.silent === true ? content.modifiedAt : touched(content, at),
    }),
  };
}

export function withdrawChange(withdrawn: Withdrawal, at: number): StoryChange {
  return { at, apply: (content) => ({ ...content, withdrawn }) };
}

/** The same article under a new date: new URL, new time of publication, the old URL redirecting. */
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
