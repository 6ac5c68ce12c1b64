import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { articleSchema } from '../../../src/domain/article.js';
import { systemClock } from '../../../src/platform/clock.js';
import type { ModeAction } from '../../../testsite/modes/mode-table.js';
import { captcha, status } from '../../../testsite/modes/status-modes.js';
import { silence } from '../../../testsite/modes/wire-modes.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';

/** Editions that stay well, three families: the second one's texts are stored as renditions of the first one's. */
export const HEALTHY = ['sputniknews.cn', 'big5.sputniknews.cn', 'am.sputniknews.ru', 'sputnikglobe.com'] as const;
const FAMILIES = ['sputniknews.cn', 'am.sputniknews.ru', 'sputnikglobe.com'];
/** Off while the site is sick. */
const DOWN = ['sputnik.az', 'sarabic.ae'] as const;
/** Answers 429 to everything meanwhile. */
const BUSY = 'arm.sputniknews.ru';
/** What ails one page each, for good; one by one over the families. */
const AILMENTS: readonly ModeAction[] = [
  ...[status(500), captcha, silence, status(500), captcha, silence, status(500), status(500), captcha, silence],
];

/** What a healthy edition has published. */
export interface Publication {
  readonly edition: string;
  readonly family: string;
  readonly articleId: string;
  readonly at: number;
  /** When its text was first found on disk; null: it was not yet. */
  storedAt: number | null;
}

/** The test site with what can befall it. */
export interface SickSite {
  readonly site: TestSite;
  readonly publications: readonly Publication[];
  /** Editions that are sick, while they are. */
  readonly sickEditions: readonly string[];
  /** URLs of pages that are. */
  readonly sickPages: readonly string[];
  fallSick(): Promise<void>;
  recover(): Promise<void>;
  /** Publishes an article in each healthy family. */
  publish(): void;
  /** Notes which publications are on disk by now. */
  look(dataDir: string): Promise<void>;
}

export async function startSickSite(): Promise<SickSite> {
  const editions = [...HEALTHY, ...DOWN, BUSY];
  const site = await startTestSite({ seed: 12, stories: 60, days: 2, clock: systemClock, editions });
  const publications: Publication[] = [];
  const sickPages: string[] = [];
  return {
    site,
    publications,
    sickEditions: [...DOWN, BUSY],
    sickPages,
    fallSick: async () => {
      for (const [index, ailment] of AILMENTS.entries()) {
        const family = FAMILIES[index % FAMILIES.length] ?? '';
        const articleId = site.publish({ family, topics: ['armenia'] });
        site.setMode({ edition: family, path: new RegExp(articleId) }, ailment);
        const page = site.truth().find((article) => article.articleId === articleId && article.edition === family);
        sickPages.push(page?.url ?? '');
      }
      site.setMode({ edition: BUSY }, status(429));
      for (const edition of DOWN) await site.takeDown(edition);
    },
    recover: async () => {
      site.clearModes();
      for (const edition of DOWN) await site.bringBack(edition);
    },
    publish: () => {
      for (const family of FAMILIES) {
        const articleId = site.publish({ family, topics: ['armenia'] });
        const shown = HEALTHY.filter((edition) => edition === family || edition.endsWith(`.${family}`));
        for (const edition of shown) publications.push({ edition, family, articleId, at: Date.now(), storedAt: null });
      }
    },
    look: async (dataDir) => {
      const waiting = publications.filter(({ storedAt }) => storedAt === null);
      for (const publication of waiting) {
        if (await isStored(publication, dataDir)) publication.storedAt = Date.now();
      }
    },
  };
}

/** Whether the record holds the text of the edition. */
async function isStored({ family, articleId, edition }: Publication, dataDir: string): Promise<boolean> {
  for (const folder of ['articles', 'duplicates']) {
    const root = join(dataDir, folder, family);
    const files = existsSync(root) ? await readdir(root, { recursive: true }) : [];
    const path = files.find((file) => file.endsWith(`/${articleId}.json`));
    if (path === undefined) continue;
    const record = articleSchema.parse(JSON.parse(await readFile(join(root, path), 'utf8')));
    return record.edition === edition || record.renditions.some((rendition) => rendition.edition === edition);
  }
  return false;
}
