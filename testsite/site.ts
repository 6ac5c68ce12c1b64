import type { Lists } from './content/list-index.js';
import { createListIndex } from './content/list-index.js';
import type { TestSiteSettings } from './content/test-site-options.js';
import { renderPadding } from './render/render-padding.js';
import type { PageFrame } from './render/render-article.js';
import type { World } from './content/world.js';

/** The site as its servers see it: the world, its lists and its settings. */
export interface Site {
  readonly world: World;
  readonly settings: TestSiteSettings;
  readonly lists: (edition: string, now: number) => Lists;
  /** @returns how many articles were shown so far, this one among them. */
  readonly countView: () => number;
  /** Padding and sibling editions of a family. */
  readonly frame: (family: string) => PageFrame;
}

export function createSite(world: World, settings: TestSiteSettings): Site {
  const padding = renderPadding(settings.pageBytes);
  const frames = new Map<string, PageFrame>();
  for (const { family } of world.profiles) {
    frames.set(family, { padding, siblings: world.profiles.filter((profile) => profile.family === family) });
  }
  const frame = (family: string): PageFrame => frames.get(family) ?? { padding, siblings: [] };
  let views = 0;
  const countView = (): number => {
    views += 1;
    return views;
  };
  return { world, settings, lists: createListIndex(world), frame, countView };
}
