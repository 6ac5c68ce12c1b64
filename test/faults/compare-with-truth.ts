import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { readCapture } from '../../src/captures/read-capture.js';
import { articleSchema, type Article } from '../../src/domain/article.js';
import type { PageId } from '../../src/domain/page.js';
import type { TruthArticle } from '../../testsite/content/truth.js';
import { openCatalogueQueries } from '../../src/store/catalogue/catalogue-queries.js';
import type { History, SiteProcess } from './site-process.js';

const BODY_BYTES_MAX = 5_000_000;
/** An edition's pages that were made hostile: nothing is expected of them. */
export type ExceptPages = ReadonlySet<string>;

interface StoredRecord {
  readonly article: Article;
  readonly path: string;
}

/**
 * Compares a data directory record by record with what the site says is true: each on-topic article stored once and
 * whole, with every field; none that is not on topic; every page of the site at its end; every capture readable; nothing
 * left behind. For a data directory at rest.
 *
 * @param except  `<edition>/<id>` of pages that were made hostile.
 * @returns       One line per fault, each beginning with `lost`, `doubled`, `torn`, `wrong` or `left`; empty: equal.
 */
export async function differencesFromTruth(
  dataDir: string,
  site: SiteProcess,
  except: ExceptPages = new Set(),
): Promise<readonly string[]> {
  const faults: string[] = [];
  const stored = await readRecords(dataDir, faults);
  const histories = await site.histories();
  const truth = (await site.truth()).filter(({ edition, articleId }) => !except.has(`${edition}/${articleId}`));
  const wanted = truth.filter((page) => page.onTopic && page.notArticle === null);
  const wantedKeys = new Set(wanted.map(keyOf));
  const exceptKeys = new Set([...except].map((page) => keyOfPage(page)));
  for (const [key, { article }] of stored) {
    if (!wantedKeys.has(key) && !exceptKeys.has(key.split('/')[1] ?? '')) faults.push(`wrong: ${key} is not on topic`);
    faults.push(...captureFaults(dataDir, article));
  }
  for (const page of wanted) {
    const record = stored.get(keyOf(page));
    if (record === undefined) faults.push(`lost: ${keyOf(page)} of ${page.edition}`);
    else faults.push(...recordFaults(record.article, page, histories[`${page.edition}/${page.articleId}`] ?? []));
  }
  faults.push(...copyFaults(wanted, stored), ...catalogueFaults(dataDir, truth, stored));
  if (existsSync(join(dataDir, 'damaged'))) faults.push('torn: records were set aside in damaged/');
  return faults;
}

const keyOf = ({ family, articleId }: TruthArticle): string => `${family}/${articleId}`;
const keyOfPage = (page: string): string => page.split('/')[1] ?? '';

async function readRecords(dataDir: string, faults: string[]): Promise<Map<string, StoredRecord>> {
  const stored = new Map<string, StoredRecord>();
  for (const folder of ['articles', 'duplicates']) {
    const entries = await readdir(join(dataDir, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const name = relative(dataDir, path);
      if (!entry.name.endsWith('.json')) {
        faults.push(`left: ${name}`);
        continue;
      }
      const article = readRecord(await readFile(path, 'utf8'));
      if (article === null) faults.push(`torn: ${name}`);
      else if (stored.has(article.id))
        faults.push(`doubled: ${article.id} in ${name} and ${stored.get(article.id)!.path}`);
      else stored.set(article.id, { article, path: name });
    }
  }
  return stored;
}

function readRecord(text: string): Article | null {
  try {
    return articleSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function recordFaults(record: Article, page: TruthArticle, history: History): string[] {
  if (record.edition === page.edition) {
    return [...fieldFaults(ownFields(record), ownFields(page), page), ...revisionFaults(record, history)];
  }
  const rendition = record.renditions.find(({ edition }) => edition === page.edition);
  if (rendition === undefined) return [`lost: rendition ${page.edition} of ${record.id}`];
  const fields = ({ url, language, title, lead, body, publishedAt }: typeof rendition | TruthArticle) => ({
    ...{ url, language, title, lead, body, publishedAt },
  });
  return fieldFaults(fields(rendition), fields(page), page);
}

function ownFields(article: Article | TruthArticle): Readonly<Record<string, unknown>> {
  const { edition, language, url, title, lead, body, dateline, tags, topics, section, authors, images } = article;
  const { related, copyrightHolder, publishedAt, modifiedAt } = article;
  return {
    ...{ edition, language, url, title, lead, body, dateline, tags, topics, section, authors, images },
    ...{ related, copyrightHolder, publishedAt, modifiedAt },
  };
}

function fieldFaults(
  found: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
  { edition, articleId }: TruthArticle,
): string[] {
  return Object.keys(wanted).flatMap((field) => {
    const [is, ought] = [JSON.stringify(found[field]), JSON.stringify(sortedKeys(wanted[field], found[field]))];
    return is === ought
      ? []
      : [`wrong: ${field} of ${edition}/${articleId} is ${is}, ought to be ${ought}`.slice(0, 400)];
  });
}

/** The same value with the keys of objects in the order of the other. */
function sortedKeys(value: unknown, like: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => sortedKeys(item, Array.isArray(like) ? (like as unknown[])[index] : null));
  }
  if (typeof value !== 'object' || value === null || typeof like !== 'object' || like === null) return value;
  const order = Object.keys(like);
  const entries = Object.entries(value).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return Object.fromEntries(
    entries.map(([key, item]) => [key, sortedKeys(item, (like as Record<string, unknown>)[key])]),
  );
}

/** Every revision is a state that the site has shown, in the order in which it showed them, none twice. */
function revisionFaults(record: Article, history: History): string[] {
  const states = history.map(({ article }) => stateOf(article));
  let last = -1;
  for (const revision of record.revisions) {
    const at = states.indexOf(stateOf(revision), last + 1);
    if (at === -1) return [`wrong: revision ${revision.revision} of ${record.id} was never shown, or not then`];
    last = at;
  }
  return last >= states.length - 1 && states.length > 1
    ? [`doubled: the newest state of ${record.id} is a revision`]
    : [];
}

const stateOf = ({ title, lead, body }: Pick<TruthArticle, 'title' | 'lead' | 'body'>): string =>
  JSON.stringify([title, lead, body.map(({ type, text }) => [type, text])]);

/** What the site published twice on purpose is linked to its original, and stands in the right folder. */
function copyFaults(wanted: readonly TruthArticle[], stored: ReadonlyMap<string, StoredRecord>): string[] {
  return wanted.flatMap((page) => {
    const record = stored.get(keyOf(page));
    if (record === undefined || page.copyOf?.kind !== 'exact' || page.edition !== page.family) return [];
    const original = `${page.family}/${page.copyOf.articleId}`;
    const link = record.article.duplicateOf;
    const isRight = link?.kind === 'exact' && link.id === original && record.path.startsWith('duplicates/');
    return isRight ? [] : [`wrong: ${record.path} ought to be an exact duplicate of ${original}`];
  });
}

function captureFaults(dataDir: string, article: Article): string[] {
  if (article.capture === null) return [`lost: the capture of ${article.id}`];
  try {
    const capture = readCapture(dataDir, article.capture, { bodyBytesMax: BODY_BYTES_MAX });
    return capture.kind === 'response' ? [] : [`wrong: the capture of ${article.id} is a ${capture.kind}`];
  } catch (error) {
    return [`torn: capture of ${article.id}: ${String(error)}`];
  }
}

/** The catalogue counts what the files hold, and knows the end state of every page. */
function catalogueFaults(
  dataDir: string,
  truth: readonly TruthArticle[],
  stored: ReadonlyMap<string, StoredRecord>,
): string[] {
  const opened = openCatalogueQueries(dataDir);
  if (opened === null) return ['lost: the catalogue'];
  try {
    const { articles, duplicates } = opened.queries.corpus.counts();
    const faults = [];
    if (articles + duplicates !== stored.size) {
      faults.push(`wrong: the catalogue counts ${articles + duplicates} records, there are ${stored.size}`);
    }
    const ids = truth.map(({ edition, articleId }): PageId => `${edition}/${articleId}`);
    const pages = opened.queries.pages.known(ids);
    for (const { edition, articleId, onTopic, notArticle } of truth) {
      const state = pages.get(`${edition}/${articleId}`)?.endState ?? 'unknown';
      const ought = notArticle !== null ? 'notArticle' : onTopic ? 'stored' : 'offTopic';
      if (state !== ought) faults.push(`lost: ${edition}/${articleId} is ${state}, ought to be ${ought}`);
    }
    return faults;
  } finally {
    opened.close();
  }
}
