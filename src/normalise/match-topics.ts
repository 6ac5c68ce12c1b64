import type { Tag } from '../domain/article.js';
import type { Topic } from '../domain/edition.js';
import { foldText } from './fold-text.js';

const foldedNames = new WeakMap<Topic, ReadonlySet<string>>();

/**
 * The topics an article is on: those of which a tag bears a name, case, width and Traditional/Simplified folded.
 *
 * @returns  Ids, sorted. Topics that are not enabled do not count. Pure.
 */
export function matchTopics(tags: readonly Tag[], topics: readonly Topic[]): string[] {
  const names = tags.map(({ name }) => foldText(name));
  return topics
    .filter((topic) => topic.enabled && names.some((name) => namesOf(topic).has(name)))
    .map(({ id }) => id)
    .sort();
}

function namesOf(topic: Topic): ReadonlySet<string> {
  const known = foldedNames.get(topic);
  if (known !== undefined) return known;
  const names = new Set(topic.names.map(foldText));
  foldedNames.set(topic, names);
  return names;
}
