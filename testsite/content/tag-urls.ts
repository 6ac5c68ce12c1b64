import { createHash } from 'node:crypto';

import type { StoryTag } from './story.js';
import type { CountryForms } from './grammar.js';

/** MD5 of a text in UTF-8, hexadecimal. */
export const hashOf = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex');

/** @returns the tag with the URL that the old Arabic engine gave to tags in other letters: type and md5 of the name. */
function hashedTag(kind: string, name: string): StoryTag {
  return { name, kind, path: `/${kind}_${hashOf(name)}/` };
}

export function countryTag(country: CountryForms): StoryTag {
  return hashedTag('geo', country.tag);
}

export function keywordTag(name: string): StoryTag {
  return hashedTag('keyword', name);
}

export function pathTag(tag: { readonly name: string; readonly path: string }): StoryTag {
  const kind = /^\/([a-z]+)_/.exec(tag.path)?.[1] ?? null;
  return { ...tag, kind };
}
