import type { Config } from '../config/config-schema.js';
import type { CatalogueReader } from '../store/catalogue/catalogue-reader.js';

/** Tells whose tag page a path is: configured ones first, then learned ones. */
export interface TagPageTopics {
  /** @returns topic id, null if the path is the tag page of no topic. */
  readonly topicOf: (edition: string, path: string) => string | null;
  /** The store opens later than what reads lists for it. */
  learnFrom(reader: CatalogueReader): void;
}

export function createTagPageTopics(config: Config): TagPageTopics {
  let learned: CatalogueReader | null = null;
  return {
    topicOf: (editionId, path) => {
      const edition = config.editions.find(({ id }) => id === editionId);
      for (const [topic, paths] of Object.entries(edition?.tagPages ?? {})) if (paths.includes(path)) return topic;
      return learned?.tagPages(editionId).find((page) => page.path === path)?.topic ?? null;
    },
    learnFrom: (reader) => {
      learned = reader;
    },
  };
}
