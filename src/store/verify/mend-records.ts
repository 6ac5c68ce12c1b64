import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isAnswer } from '../../captures/decode-record.js';
import { scanCaptures } from '../../captures/scan-captures.js';
import type { Article, CaptureReference } from '../../domain/article.js';
import { PermanentError } from '../../domain/errors.js';
import { splitKey, type ArticleKey } from '../../domain/page.js';
import {
  fileNumber,
  removeFiles,
  removeStaleTemporaryFiles,
  writeFilesAtomically,
} from '../../platform/atomic-files.js';
import type { Logger } from '../../platform/logger.js';
import { foldObservations, tellsEveryState, withWhatOthersTell } from '../../records/fold-observations.js';
import { closeRecord, openRecord, type EditionHistory } from '../../records/record-histories.js';
import type { Observation } from '../../records/timeline.js';
import { articlePath, nullIfDamaged, readRecord, setAside, type RecordLocation } from '../files/article-files.js';
import { monthFolders } from '../files/record-folders.js';
import { serialiseArticle } from '../files/article-json.js';
import type { ReadObservation } from '../writer/capture-interpreter.js';
import { withTodaysHashes } from '../writer/reindex.js';
import { monthsOf, wrongHashesOf } from './check-record.js';
import type { RecordSurvey } from './check-records.js';

/**
 * Brings record files into their form and location: what cannot be read, stands under another's name or is the older of two copies moves to
 * `damaged/`; a form, a hash or a month that is not as it should be is set right. Links and folders follow when they are decided again.
 *
 * @param survey  Names the records that are not sound; the others are as they should be.
 * @param read  Reads the captures of an article that holds a text which does not fit its hash, or that contradicts the catalogue: it is made
 *              again from them, and the changed record kept in `damaged/`. Null: nothing can be read, and the hash on top follows its text.
 */
export async function mendRecords(
  dataDir: string,
  { suspects, contested }: Pick<RecordSurvey, 'suspects' | 'contested'>,
  log: Logger,
  read: ReadObservation | null,
): Promise<void> {
  const captured = new CapturedTexts(dataDir, new Set([...suspects].map((path) => basename(path, '.json'))), read);
  const kept = new Map<ArticleKey, { readonly location: RecordLocation; readonly lastSeenAt: string }>();
  for await (const folder of monthFolders(dataDir)) {
    await removeStaleTemporaryFiles(folder.path, folder.names);
    for (const location of folder.locations) {
      if (!suspects.has(articlePath(location))) continue;
      const record = readOrNull(dataDir, location);
      if (record?.id !== location.key) {
        moveAside(dataDir, location, 'it cannot be read as the record of its name', log);
        continue;
      }
      const earlier = kept.get(location.key);
      if (earlier && isSameFile(dataDir, earlier.location, location)) continue;
      const lastSeenAt = record.lastSeenAt ?? '';
      if (earlier && earlier.lastSeenAt >= lastSeenAt) {
        moveAside(dataDir, location, `it is the older copy of ${articlePath(earlier.location)}`, log);
        continue;
      }
      if (earlier) moveAside(dataDir, earlier.location, `it is the older copy of ${articlePath(location)}`, log);
      const isContested = contested.has(articlePath(location));
      const isSound = !isContested && wrongHashesOf(record).length === 0;
      const told = isSound ? record : await captured.retell(record);
      if (textsOf(told) !== textsOf(record) || (isContested && serialiseArticle(told) !== serialiseArticle(record)))
        moveAside(dataDir, location, 'it is not what was captured', log);
      kept.set(location.key, { location: await mendRecord(dataDir, told, location), lastSeenAt });
    }
  }
}

/** Every text of a record, whatever its hash. */
function textsOf(record: Article): string {
  const histories = [...openRecord(record).editions.values()];
  return JSON.stringify(histories.map(({ states }) => states.map(({ title, lead, body }) => [title, lead, body])));
}

async function mendRecord(dataDir: string, record: Article, location: RecordLocation): Promise<RecordLocation> {
  const months = monthsOf(record);
  const right = months.includes(location.month) ? location : { ...location, month: months[0] ?? location.month };
  const path = join(dataDir, articlePath(location));
  const content = serialiseArticle(withTodaysHashes(record));
  if (right === location && existsSync(path) && readFileSync(path, 'utf8') === content) return location;
  await writeFilesAtomically([{ path: join(dataDir, articlePath(right)), content }]);
  if (right !== location && !isSameFile(dataDir, right, location)) await removeFiles([path]);
  return right;
}

/** By links between folders one file may stand under two names. */
function isSameFile(dataDir: string, a: RecordLocation, b: RecordLocation): boolean {
  return fileNumber(join(dataDir, articlePath(a))) === fileNumber(join(dataDir, articlePath(b)));
}

function readOrNull(dataDir: string, location: RecordLocation): Article | null {
  try {
    return readRecord(dataDir, location)?.record ?? null;
  } catch (error) {
    if (error instanceof PermanentError) return nullIfDamaged(error);
    throw error;
  }
}

function moveAside(dataDir: string, location: RecordLocation, reason: string, log: Logger): void {
  setAside(dataDir, location);
  log.warn({ event: 'record.setAside', file: articlePath(location), reason }, 'set a record aside');
}

type Locations = ReadonlyMap<string, readonly CaptureReference[]>;

/** Makes records again from what their captures show; the captures are looked through once, when the first is asked for. */
class CapturedTexts {
  #locations: Promise<Locations> | null = null;

  /**
   * @param articleIds  Of the records that may be asked for: where their captures stand is kept.
   * @param read        Null: captures cannot be read.
   */
  constructor(
    private readonly dataDir: string,
    private readonly articleIds: ReadonlySet<string>,
    private readonly read: ReadObservation | null,
  ) {}

  /**
   * @param record A record with a text that does not match its hash.
   *
   * @returns The record as its captures give it, if each of its states has one. Otherwise only states whose capture
   * gives the stated hash get their text back, and the rest is unchanged.
   */
  async retell(record: Article): Promise<Article> {
    const observations = await this.#observationsOf(record);
    const folded = foldObservations(observations);
    const momentsOf = (edition: string): ReadonlySet<string> =>
      new Set(
        observations.filter(({ article }) => article.edition === edition).map(({ capture }) => capture.fetchedAt),
      );
    if (folded !== null && tellsEveryState(record, momentsOf)) return withWhatOthersTell(folded, record);
    return withCapturedStates(record, observations);
  }

  async #observationsOf({ id, family }: Article): Promise<Observation[]> {
    if (this.read === null) return [];
    this.#locations ??= this.#locate();
    const observations: Observation[] = [];
    for (const location of (await this.#locations).get(splitKey(id)[1]) ?? []) {
      const observation = await this.read(location);
      if (observation?.article.family === family) observations.push(observation);
    }
    return observations;
  }

  async #locate(): Promise<Locations> {
    const locations = new Map<string, CaptureReference[]>();
    for await (const record of scanCaptures(this.dataDir)) {
      if (!isAnswer(record)) continue;
      const articleId = record.target.pageId?.split('/')[1] ?? '';
      if (!this.articleIds.has(articleId)) continue;
      locations.set(articleId, [...(locations.get(articleId) ?? []), record.reference]);
    }
    return locations;
  }
}

function withCapturedStates(record: Article, observations: readonly Observation[]): Article {
  const open = openRecord(record);
  let { dateline } = record;
  const retell = (history: EditionHistory): EditionHistory => {
    const isPrimary = history.edition === open.primary;
    const isUntimed = !isPrimary && history.states.length === 1;
    const states = history.states.map((state, index) => {
      const captured = observations.find(
        ({ article, capture }) =>
          article.edition === history.edition &&
          article.contentHash === state.contentHash &&
          (isUntimed || capture.fetchedAt === state.seenAt),
      )?.article;
      if (captured === undefined) return state;
      if (isPrimary && index === history.states.length - 1) ({ dateline } = captured);
      return { ...state, title: captured.title, lead: captured.lead, body: [...captured.body] };
    });
    return { ...history, states };
  };
  const editions = new Map([...open.editions].map(([edition, history]) => [edition, retell(history)]));
  return closeRecord({ ...open, editions, newest: { ...open.newest, article: { ...record, dateline } } });
}
