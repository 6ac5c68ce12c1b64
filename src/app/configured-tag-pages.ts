import type { Config } from '../config/config.js';
import type { LearnedTagPage } from '../domain/page-result.js';

/** The tag pages of the settings count as learned from them, at the beginning of time: what articles teach stands beside. */
const SETTINGS_SEEN_AT = '1970-01-01T00:00:00Z';

/** @returns the tag pages that the settings name, in the form in which learned ones are remembered. */
export function configuredTagPages({ editions }: Pick<Config, 'editions'>): LearnedTagPage[] {
  return editions.flatMap(({ id, family, tagPages }) =>
    Object.entries(tagPages).flatMap(([topic, paths]) =>
      paths.map((path) => ({ edition: id, family, topic, path, learnedFrom: 'settings', seenAt: SETTINGS_SEEN_AT })),
    ),
  );
}
