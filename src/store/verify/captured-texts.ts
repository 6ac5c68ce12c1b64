import { isAnswer } from '../../captures/decode-record.js';
import { scanCaptures } from '../../captures/scan-captures.js';
import type { Article, CaptureReference } from '../../domain/article.js';
import { splitKey } from '../../domain/page.js';
import { foldObservations, tellsEveryState, withWhatOthersTell } from '../../records/fold-observations.js';
import { closeRecord, openRecord, type EditionHistory } from '../../records/record-histories.js';
import type { Observation } from '../../records/timeline.js';
import type { ReadObservation } from '../writer/capture-interpreter.js';

type Locations = ReadonlyMap<string, readonly CaptureReference[]>;

/** Makes records again from what their captures show; the captures are looked through once, when the first is asked for. */
export class CapturedTexts {
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
