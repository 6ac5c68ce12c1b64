import type { Config } from '../config/config-schema.js';
import type { Store } from '../store/store.js';

/** @returns a function that tells whose tag page a path is: configured ones first, then learned ones. */
export function topicOfTagPage(config: Config, store: Store): (edition: string, path: string) => string | null {
  return (editionId, path) => {
    const edition = config.editions.find(({ id }) => id === editionId);
    for (const [topic, paths] of Object.entries(edition?.tagPages ?? {})) if (paths.includes(path)) return topic;
    return store.reader.tagPages(editionId).find((page) => page.path === path)?.topic ?? null;
  };
}
