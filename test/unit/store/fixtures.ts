import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach } from 'vitest';
import { contentHashOf } from '../../../src/dedupe/comparable-text.js';
import type { Observation } from '../../../src/records/timeline.js';
import type { PageResult } from '../../../src/domain/page-result.js';
import { openForReading } from '../../../src/store/catalogue/open-database.js';
import { openCatalogueQueries, type CatalogueQueries } from '../../../src/store/catalogue/catalogue-queries.js';
import { catalogueDigest } from '../../../src/store/verify/check-catalogue.js';
import { openStore, type StoreOptions } from '../../../src/store/writer/open-store.js';
import type { Store } from '../../../src/store/writer/store.js';
import { captureOf, extracted, type ObservationSketch } from '../records/observations.js';

const folders: string[] = [];
const stores: Store[] = [];

/** A store with the queries beside it. */
export type QueriedStore = Store & { readonly queries: CatalogueQueries };

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sputnik-store-'));
  folders.push(folder);
  return folder;
}

export async function opened(dataDir: string, options: Partial<StoreOptions> = {}): Promise<QueriedStore> {
  const store = await openStore({ dataDir, clock: { now: () => Date.UTC(2024, 4, 10) }, ...options });
  const catalogue = openCatalogueQueries(dataDir);
  if (catalogue === null) throw new Error(`no catalogue in ${dataDir}`);
  const closeStore = store.close.bind(store);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) catalogue.close();
    isOpen = false;
    await closeStore();
  };
  stores.push(store);
  return Object.assign(store, { queries: catalogue.queries, close });
}

/** An observation whose content hash is the real one. */
export function observed(sketch: ObservationSketch): Observation {
  const article = extracted(sketch);
  return { article: { ...article, contentHash: contentHashOf(article) }, capture: captureOf(sketch) };
}

export function pageResultOf({ article, capture }: Observation): PageResult {
  return {
    kind: 'article',
    page: { pageId: `${article.edition}/${article.articleId}`, family: article.family, url: article.url },
    capture,
    article,
  };
}

export function articleResult(sketch: ObservationSketch): PageResult {
  return pageResultOf(observed(sketch));
}

/** Paths at which two sets of files differ, and how: easier to read than the records. */
export function differences(found: Record<string, string>, wanted: Record<string, string>): string[] {
  const paths = [...new Set([...Object.keys(found), ...Object.keys(wanted)])].sort();
  return paths.flatMap((path) => {
    const [is, should] = [found[path], wanted[path]];
    if (is === should) return [];
    if (is === undefined || should === undefined) return [`${is === undefined ? 'missing' : 'too many'}: ${path}`];
    const lines = should.split('\n');
    return is
      .split('\n')
      .flatMap((line, index) => (line === lines[index] ? [] : [`${path}: ${line} <> ${lines[index] ?? ''}`]))
      .slice(0, 5);
  });
}

/** Every file below the folder with its content; the catalogue, the lock and set-aside files left out. */
export function recordFiles(dataDir: string): Record<string, string> {
  const files: Record<string, string> = {};
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) walk(path);
      else if (!/^(?:catalogue|lock)\./.test(name)) files[relative(dataDir, path)] = readFileSync(path, 'utf8');
    }
  };
  walk(dataDir);
  return files;
}

/** What a catalogue tells, with every term of its full text. */
export function wholeDigestOf(dataDir: string): Record<string, string> {
  const database = openForReading(dataDir)!;
  const terms = database.prepare('SELECT term, doc, cnt FROM full_text_terms ORDER BY term').all();
  const digest = { ...catalogueDigest(database), terms: hash('sha256', JSON.stringify(terms)) };
  database.close();
  return digest;
}
