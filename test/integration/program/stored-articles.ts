import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { articleSchema, type Article } from '../../../src/domain/article.js';

/** Reads every record of a data directory, each checked against the schema. */
export async function readStoredArticles(dataDir: string): Promise<Map<string, { article: Article; path: string }>> {
  const stored = new Map<string, { article: Article; path: string }>();
  for (const folder of ['articles', 'duplicates']) {
    for (const path of await filesBelow(join(dataDir, folder))) {
      const article = articleSchema.parse(JSON.parse(await readFile(path, 'utf8')));
      if (stored.has(article.id)) throw new Error(`${article.id} is stored twice: ${path}`);
      stored.set(article.id, { article, path });
    }
  }
  return stored;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  // A service at work has temporary files beside the records.
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name));
}
