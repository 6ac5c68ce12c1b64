import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCaptureWriter } from '../../../src/captures/capture-writer.js';
import { scanCaptures } from '../../../src/captures/scan-captures.js';
import { contentHashOf } from '../../../src/dedupe/comparable-text.js';
import { extractorChangeSchema, type ExtractedArticle } from '../../../src/domain/extraction.js';
import {
  observationReader,
  pageResultReader,
  type InterpretCapture,
  type NotedChange,
} from '../../../src/store/writer/capture-interpreter.js';
import { extractorChangeOf } from '../../../src/store/writer/reextract-article.js';
import type { Store } from '../../../src/store/writer/store.js';
import { verifyStore } from '../../../src/store/verify/verify-store.js';
import type { CrashPointName } from '../../../src/platform/crash-points.js';
import { seededRandom } from '../../faults/random.js';
import { shuffled } from '../records/observations.js';
import { captureWorld, interpreterOf } from './captured-world.js';
import { differences, opened, recordFiles, scratchFolder, wholeDigestOf, type QueriedStore } from './fixtures.js';

const EVERYTHING = { editions: null, families: null, since: null, until: null };
const CLOCK = { now: () => Date.UTC(2024, 5, 1) };

/** Leaves out the first paragraph, some tags and half of the renditions, and cannot read one article at all. */
function olderReader(dataDir: string): InterpretCapture {
  const today = interpreterOf(dataDir);
  return async (record) => {
    const meaning = await today(record);
    if (meaning?.kind !== 'page' || meaning.result.kind !== 'article') return meaning;
    const { result } = meaning;
    const { article, page, capture } = result;
    if (article.articleId.endsWith('3')) {
      return { kind: 'page', result: { kind: 'notArticle', page, capture, reason: 'unknownMarkup' } };
    }
    if (article.articleId.endsWith('4')) {
      return { ...meaning, result: { ...result, article: { ...article, topics: [] } } };
    }
    return { ...meaning, result: { ...result, article: older(article) } };
  };
}

function withTwoTopics(dataDir: string): InterpretCapture {
  const today = interpreterOf(dataDir);
  return async (record) => {
    const meaning = await today(record);
    if (meaning?.kind !== 'page' || meaning.result.kind !== 'article') return meaning;
    const { article } = meaning.result;
    if (article.topics.length === 0) return meaning;
    return { ...meaning, result: { ...meaning.result, article: { ...article, topics: [...article.topics, 'dams'] } } };
  };
}

function older(article: ExtractedArticle): ExtractedArticle {
  const read = {
    ...article,
    body: article.body.slice(1),
    publishedAt: null,
    extractor: { name: 'older', version: '0' },
  };
  return { ...read, contentHash: contentHashOf(read) };
}

afterAll(() => {
  for (const folder of captured.values()) rmSync(folder, { recursive: true, force: true });
});

async function openWith(
  dataDir: string,
  interpret: InterpretCapture,
  crashPoint: (name: CrashPointName) => void = () => undefined,
): Promise<QueriedStore> {
  const readObservation = observationReader(dataDir, interpret);
  return opened(dataDir, { readObservation, readPageResult: pageResultReader(dataDir, interpret), crashPoint });
}

/** Captures of one seed, made once: where they stand shows in the records. */
const captured = new Map<number, string>();

/** A data directory in which everything is processed as a reader reads it. */
async function processedBy(reader: (dataDir: string) => InterpretCapture, seed: number): Promise<string> {
  const source = captured.get(seed) ?? mkdtempSync(join(tmpdir(), 'sputnik-reextract-'));
  if (!captured.has(seed)) await captureWorld(source, seededRandom(seed));
  captured.set(seed, source);
  const dataDir = scratchFolder();
  cpSync(source, dataDir, { recursive: true });
  const interpret = reader(dataDir);
  const store = await openWith(dataDir, interpret);
  const records = [];
  for await (const record of scanCaptures(dataDir)) records.push(record);
  for (const record of shuffled(records, seededRandom(seed + 1))) {
    const meaning = await interpret(record);
    if (meaning?.kind === 'page') await store.storePage(meaning.result);
    if (meaning?.kind === 'list') await store.storeList(meaning.list);
  }
  await store.close();
  return dataDir;
}

/** Reads everything again as `sputnik reprocess` does, note before effect. @returns how often each came about. */
async function reprocess(
  dataDir: string,
  crashPoint?: (name: CrashPointName) => void,
): Promise<Record<string, number>> {
  const interpret = withNotes(interpreterOf(dataDir));
  const store = await openWith(dataDir, interpret, crashPoint);
  const captures = await openCaptureWriter({ dataDir, clock: CLOCK, fileBytesMax: 1e9, software: 'test/1' });
  const counts: Record<string, number> = {};
  try {
    for await (const record of scanCaptures(dataDir)) await processNote(record, store);
    for (const key of store.queries.readKeys(EVERYTHING)) {
      const found = await store.examine(key);
      counts[found.kind] = (counts[found.kind] ?? 0) + 1;
      if (found.kind === 'same' || found.kind === 'kept') continue;
      const change = extractorChangeOf(key, 'r2', found);
      const location = change && (await captures.appendExtractorChange(change));
      await store.reextract(key, location && { location, notedAt: location.fetchedAt, change });
    }
  } finally {
    await captures.close();
    await store.close();
  }
  return counts;
}

type Scanned = Parameters<InterpretCapture>[0];

async function processNote(record: Scanned, store: Store): Promise<void> {
  const noted = noteOf(record);
  if (noted !== null && !store.isProcessed(noted.location)) await store.reextract(noted.change.article, noted);
}

function noteOf(record: Scanned): NotedChange | null {
  if (record.kind !== 'readerChange') return null;
  const { file, offset, length, notedAt } = record;
  return { location: { file, offset, length }, notedAt, change: extractorChangeSchema.parse(record.change) };
}

function withNotes(interpret: InterpretCapture): InterpretCapture {
  return async (record) => {
    const noted = noteOf(record);
    return noted === null ? interpret(record) : { kind: 'readerChange', noted };
  };
}

function records(dataDir: string): Record<string, string> {
  return Object.fromEntries(Object.entries(recordFiles(dataDir)).filter(([path]) => !path.startsWith('captures/')));
}

/** Counts of what readers found are of the reader of then, until a repair counts again. */
const OF_THE_READER = ['readings'];
/** What notes add: another world has other notes. */
const OF_NOTES = ['extractorChanges', 'captures'];

function digestOf(dataDir: string, notes: boolean): Record<string, string> {
  const digest = wholeDigestOf(dataDir);
  const left = notes ? OF_THE_READER : [...OF_THE_READER, ...OF_NOTES];
  return Object.fromEntries(Object.entries(digest).filter(([name]) => !left.includes(name)));
}

describe('reading captures again', () => {
  it.each([1, 2, 3])('makes of an older reader’s records those of today’s (seed %i)', async (seed) => {
    const [dataDir, wanted] = [await processedBy(olderReader, seed), await processedBy(interpreterOf, seed)];
    expect(differences(records(dataDir), records(wanted))).not.toEqual([]);
    const counts = await reprocess(dataDir);
    expect(counts['changed']).toBeGreaterThan(0);
    expect(counts['kept']).toBeUndefined();
    expect(differences(records(dataDir), records(wanted))).toEqual([]);
    expect(digestOf(dataDir, false)).toEqual(digestOf(wanted, false));
  });

  it('changes nothing the second time, and adds no revision the first', async () => {
    const dataDir = await processedBy(olderReader, 2);
    const first = await reprocess(dataDir);
    const [files, digest] = [records(dataDir), digestOf(dataDir, true)];
    expect(first['stored']).toBeGreaterThan(0);
    expect(Object.keys(await reprocess(dataDir))).toEqual(['same']);
    expect(differences(records(dataDir), files)).toEqual([]);
    expect(digestOf(dataDir, true)).toEqual(digest);
  });

  it('leaves a catalogue that a repair brings back equal, notes included', async () => {
    const dataDir = await processedBy(olderReader, 3);
    await reprocess(dataDir);
    const [files, digest] = [records(dataDir), digestOf(dataDir, true)];
    const interpret = withNotes(interpreterOf(dataDir));
    const report = await verifyStore({ dataDir, repair: true, interpret, bodyBytesMax: 1_000_000 });
    expect(report.faults).toEqual([]);
    expect(differences(records(dataDir), files)).toEqual([]);
    expect(digestOf(dataDir, true)).toEqual(digest);
  });

  it('reaches the same where the catalogue was rebuilt by the new reader in between', async () => {
    const [dataDir, wanted] = [await processedBy(olderReader, 4), await processedBy(interpreterOf, 4)];
    const interpret = interpreterOf(dataDir);
    await verifyStore({ dataDir, repair: true, interpret, bodyBytesMax: 1_000_000 });
    await reprocess(dataDir);
    expect(differences(records(dataDir), records(wanted))).toEqual([]);
    expect(digestOf(dataDir, false)).toEqual(digestOf(wanted, false));
  });

  it('notes every article that it changes while a topic is away, so that the topic comes back whole', async () => {
    const [dataDir, wanted] = [await processedBy(withTwoTopics, 1), await processedBy(withTwoTopics, 1)];
    const [one, two] = ['armenia: Armenia', 'dams: Dams'];
    const without = await openWith(dataDir, interpreterOf(dataDir));
    await without.noteJudgedTopics({ judged: [one, two], partly: null });
    await without.judgeBy(new Set([one]));
    for (const key of without.queries.readKeys(EVERYTHING)) await without.reextract(key, null);
    await without.close();
    expect(differences(records(dataDir), records(wanted))).not.toEqual([]);

    const store = await openWith(dataDir, withTwoTopics(dataDir));
    await store.judgeBy(new Set([one, two]));
    for (const key of store.unjudgedBy(new Set([one, two]))) await store.reextract(key, null);
    await store.close();
    expect(differences(records(dataDir), records(wanted))).toEqual([]);
  });

  it.each<CrashPointName>(['files.renamed', 'batch.filesWritten'])(
    'comes to the same end after it was broken off at %s',
    async (point) => {
      const [dataDir, wanted] = [await processedBy(olderReader, 5), await processedBy(interpreterOf, 5)];
      let reached = 0;
      const breakOff = (name: CrashPointName): void => {
        reached += name === point ? 1 : 0;
        if (name === point && reached === 2) throw new Error(`broken off at ${name}`);
      };
      await expect(reprocess(dataDir, breakOff)).rejects.toThrow();
      await reprocess(dataDir);
      expect(differences(records(dataDir), records(wanted))).toEqual([]);
      const digest = digestOf(dataDir, true);
      expect(digestOf(dataDir, false)).toEqual(digestOf(wanted, false));
      await verifyStore({ dataDir, repair: true, interpret: withNotes(interpreterOf(dataDir)), bodyBytesMax: 1e6 });
      expect(digestOf(dataDir, true)).toEqual(digest);
    },
  );
});
