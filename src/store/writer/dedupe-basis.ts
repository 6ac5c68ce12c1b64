import { COMPARISON_VERSION } from '../../dedupe/compare-texts.js';
import { FINGERPRINT_VERSION } from '../../dedupe/fingerprint.js';
import type { DedupeSettings } from '../../dedupe/settings.js';
import type { Database } from '../catalogue/open-database.js';

/** By which method and settings the fingerprints and links of a catalogue were made. */
function basisOf({ threshold, windowDays, comparedMax }: DedupeSettings): string {
  const versions = { fingerprint: FINGERPRINT_VERSION, comparison: COMPARISON_VERSION };
  return JSON.stringify({ ...versions, threshold, windowDays, comparedMax });
}

/** Whether the catalogue's fingerprints and links are those that today's method and settings make. */
export function isOnBasis(database: Database, settings: DedupeSettings): boolean {
  const row = database.prepare("SELECT value FROM meta WHERE name = 'basis'").get() as { value: string } | undefined;
  return row?.value === basisOf(settings);
}

/** To be called when fingerprints, links and record files are all brought to today's method. */
export function noteBasis(database: Database, settings: DedupeSettings): void {
  database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('basis', ?)").run(basisOf(settings));
}
