import type { Entry } from './neighbour-index.js';
import { leastSimilarity, type DedupeSettings } from './settings.js';
import { mayReach } from './sketch.js';
import { isWithinWindow } from './time-window.js';

/**
 * Whether two articles are worth comparing: published within the window, at least one band in common, and alike by their sketches.
 *
 * Pure and symmetric: the definition by which every index of neighbours is measured.
 */
export function isCandidate(a: Entry, b: Entry, settings: DedupeSettings): boolean {
  if (a.key === b.key || !isWithinWindow(a.publishedAt, b.publishedAt, settings.windowDays)) return false;
  return a.bands.some((band) => b.bands.includes(band)) && mayReach(leastSimilarity(settings), a.sketch, b.sketch);
}
