import { describe, expect, it } from 'vitest';
import type { Article } from '../../../src/domain/article.js';
import { articleSchema } from '../../../src/domain/article.js';
import { foldObservation, type FoldOutcome } from '../../../src/records/fold-observation.js';
import { foldObservations } from '../../../src/records/fold-observations.js';
import { compareEntries, entryOf, type Observation, type TimelineEntry } from '../../../src/records/timeline.js';
import { seededRandom } from '../../faults/random.js';
import { instant, observation, shuffled, type ObservationSketch } from './observations.js';

/** What the store does around the fold: keeps the timelines and refolds when it is told to. */
class Folder {
  record: Article | null = null;
  readonly processed: Observation[] = [];
  refolds = 0;

  constructor(private readonly canRefold = true) {}

  add(next: Observation): FoldOutcome {
    const timeline = this.timelineOf(next.article.edition);
    const counted = this.processed.filter((other) =>
      this.timelineOf(other.article.edition).some((entry) => entry.onTopic),
    );
    const known = timeline.some((entry) => entry.onTopic) ? 'edition' : counted.length > 0 ? 'otherEdition' : 'none';
    const folded = foldObservation(this.record, next, { timeline, known, canRefold: this.canRefold });
    if (!this.processed.some((other) => other.capture.offset === next.capture.offset)) this.processed.push(next);
    if (folded.kind === 'refold') {
      this.refolds += 1;
      this.record = foldObservations(this.processed);
    } else {
      this.record = folded.record;
    }
    return folded.outcome;
  }

  /** A copy whose catalogue has forgotten everything from `index` on, as after a lost commit. */
  forgetFrom(index: number): void {
    this.processed.splice(index);
  }

  private timelineOf(edition: string): TimelineEntry[] {
    return this.processed
      .filter((other) => other.article.edition === edition)
      .map(entryOf)
      .sort(compareEntries);
  }
}

function fold(...observations: readonly Observation[]): Article {
  const folder = new Folder();
  for (const next of observations) folder.add(next);
  expect(folder.record).toEqual(foldObservations(observations));
  return articleSchema.parse(folder.record);
}

const big5 = 'big5.sputniknews.cn';
const cn = 'sputniknews.cn';

describe('foldObservation', () => {
  it('makes a record of the first on-topic observation and none of an off-topic one', () => {
    const folder = new Folder();
    expect(folder.add(observation({ at: 1, onTopic: false }))).toBe('offTopic');
    expect(folder.record).toBeNull();
    expect(folder.add(observation({ at: 2 }))).toBe('new');
    expect(folder.record?.firstSeenAt).toBe(instant(2));
    expect(folder.record?.revisions).toEqual([]);
  });

  it('keeps an earlier state whole and puts the newest on top', () => {
    const record = fold(observation({ at: 1, text: 'First.' }), observation({ at: 5, text: 'Second.' }));
    expect(record.body[0]?.text).toBe('Second.');
    expect(record.capture?.fetchedAt).toBe(instant(5));
    expect(record.revisions).toMatchObject([{ revision: 1, seenAt: instant(1), body: [{ text: 'First.' }] }]);
  });

  it('sees no edit where only white space differs', () => {
    const record = fold(observation({ at: 1, text: 'One  two' }), observation({ at: 2, text: 'One two\u00a0' }));
    expect(record.revisions).toEqual([]);
    expect(record.capture?.fetchedAt).toBe(instant(1));
    expect(record.lastSeenAt).toBe(instant(2));
  });

  it('keeps an edit that was taken back as two revisions', () => {
    const record = fold(
      observation({ at: 1, text: 'A' }),
      observation({ at: 2, text: 'B' }),
      observation({ at: 3, text: 'A' }),
    );
    expect(record.revisions.map((revision) => revision.body[0]?.text)).toEqual(['A', 'B']);
    expect(record.capture?.fetchedAt).toBe(instant(3));
  });

  it('finds the edit that arrives late between two equal sights', () => {
    const first = observation({ at: 1, text: 'A' });
    const late = observation({ at: 2, text: 'B' });
    const second = observation({ at: 3, text: 'A' });
    expect(fold(first, second, late)).toEqual(fold(first, late, second));
  });

  it('puts the text of the edition named like the family on top, whichever came first', () => {
    const simplified = observation({ at: 9, edition: cn, text: 'cn' });
    const traditional = observation({ at: 1, edition: big5, text: 'big5' });
    const record = fold(traditional, simplified);
    expect(fold(simplified, traditional)).toEqual(record);
    expect(record.edition).toBe(cn);
    expect(record.revisions).toEqual([]);
    expect(record.renditions).toMatchObject([{ edition: big5, language: 'zh-Hant', body: [{ text: 'big5' }] }]);
    expect(record.renditions[0]).not.toHaveProperty('revisions');
    expect(record.firstSeenAt).toBe(instant(1));
  });

  it('says rendition for the second edition, also when it takes the top', () => {
    const folder = new Folder();
    expect(folder.add(observation({ at: 1, edition: big5 }))).toBe('new');
    expect(folder.add(observation({ at: 2, edition: cn }))).toBe('rendition');
    expect(folder.add(observation({ at: 3, edition: big5, text: 'Edited.' }))).toBe('revised');
    expect(folder.record?.renditions[0]?.revisions).toMatchObject([{ revision: 1, seenAt: instant(1), tags: [{}] }]);
    expect(folder.record?.renditions[0]?.seenAt).toBe(instant(3));
  });

  it('keeps the states after an article has lost its topic, and drops those before it had one', () => {
    const record = fold(
      observation({ at: 1, onTopic: false }),
      observation({ at: 2 }),
      observation({ at: 3, onTopic: false }),
    );
    expect(record.topics).toEqual([]);
    expect(record.revisions).toHaveLength(1);
    expect(record.firstSeenAt).toBe(instant(2));
  });

  it('names every address, the newest as its own', () => {
    const old = 'https://sputniknews.cn/20230101/1000000001.html';
    const record = fold(observation({ at: 4 }), observation({ at: 1, url: old }));
    expect(record.url).toBe('https://sputniknews.cn/20240501/1000000001.html');
    expect(record.aliases).toEqual([old]);
  });

  it('keeps the earliest publication time that is known', () => {
    const record = fold(
      observation({ at: 1, publishedAt: null }),
      observation({ at: 2, publishedAt: '2024-05-02T00:00:00Z' }),
      observation({ at: 3, publishedAt: '2024-05-01T00:00:00Z', edition: big5 }),
    );
    expect(record.publishedAt).toBe('2024-05-01T00:00:00Z');
  });

  it('says the same of a capture that is folded again after a lost commit', () => {
    const observations = [
      observation({ at: 1, text: 'A' }),
      observation({ at: 2, text: 'B' }),
      observation({ at: 3, edition: big5 }),
    ];
    const folder = new Folder();
    const outcomes = observations.map((next) => folder.add(next));
    const record = folder.record;
    folder.forgetFrom(0);
    expect(observations.map((next) => folder.add(next))).toEqual(outcomes);
    expect(folder.record).toEqual(record);
  });

  it('puts a late observation by time where captures cannot be read again', () => {
    const folder = new Folder(false);
    for (const [at, text] of [
      [1, 'A'],
      [5, 'C'],
      [3, 'B'],
      [6, 'C'],
      [4, 'B'],
    ] as const)
      folder.add(observation({ at, text }));
    expect(folder.record?.revisions.map((revision) => revision.body[0]?.text)).toEqual(['A', 'B']);
    expect(folder.record?.body[0]?.text).toBe('C');
  });

  it('folds into a record whose observations were forgotten without losing its history', () => {
    const stored = fold(observation({ at: 1, text: 'A' }), observation({ at: 5, text: 'B' }));
    const context = { timeline: [], known: 'edition', canRefold: false } as const;
    const same = foldObservation(stored, observation({ at: 6, text: 'B' }), context);
    expect(same).toMatchObject({ outcome: 'unchanged', record: { revisions: [{}], lastSeenAt: instant(6) } });
    const edited = foldObservation(stored, observation({ at: 6, text: 'C' }), context);
    expect(edited).toMatchObject({ outcome: 'revised', record: { revisions: [{}, {}] } });
  });
});

describe('the record', () => {
  const random = seededRandom(20_260_401);

  function sketch(): ObservationSketch {
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
    const day = pick(['20240501', '20240502', '20230101']);
    const edition = pick([cn, big5, 'am.sputniknews.cn']);
    return {
      at: Math.floor(random() * 9),
      edition,
      text: pick(['A', 'B', 'C']),
      onTopic: random() < 0.7,
      publishedAt: pick([null, '2024-05-01T08:00:00Z', '2024-05-01T09:00:00Z']),
      url: `https://${edition}/${day}/1000000001.html`,
      file: pick(['captures/a.warc.gz', 'captures/b.warc.gz']),
    };
  }

  it('is a function of the set of observations, whatever their order, repeats and lost commits', () => {
    let refolds = 0;
    for (let round = 0; round < 600; round += 1) {
      const sketches = Array.from({ length: 1 + Math.floor(random() * 8) }, sketch);
      const observations = sketches.map((item, index) => {
        const made = observation(item);
        return { ...made, capture: { ...made.capture, offset: index * 1000 } };
      });
      const wanted = JSON.stringify(foldObservations(observations));
      expect(JSON.stringify(foldObservations(shuffled([...observations, ...observations], random)))).toBe(wanted);
      const folder = new Folder();
      const arrivals = shuffled([...observations, ...observations.slice(0, 3)], random);
      for (const next of arrivals) folder.add(next);
      expect(JSON.stringify(folder.record), `round ${round}`).toBe(wanted);
      const kept = Math.floor(random() * folder.processed.length);
      const lost = folder.processed.slice(kept);
      folder.forgetFrom(kept);
      for (const next of shuffled(lost, random)) folder.add(next);
      expect(JSON.stringify(folder.record), `round ${round} after a lost commit`).toBe(wanted);
      refolds += folder.refolds;
    }
    expect(refolds).toBeGreaterThan(0);
  });

  it('needs no second reading of captures while observations arrive in order', () => {
    for (let round = 0; round < 200; round += 1) {
      const observations = Array.from({ length: 8 }, (_, at) => observation({ ...sketch(), edition: cn, at }));
      const folder = new Folder();
      for (const next of observations) folder.add(next);
      expect(folder.refolds).toBe(0);
      expect(folder.record).toEqual(foldObservations(observations));
    }
  });
});
