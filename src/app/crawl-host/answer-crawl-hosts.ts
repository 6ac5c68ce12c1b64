import { Worker, type Job } from 'bullmq';
import { gzipSync } from 'node:zlib';
import { appendPiece, bytesHeld } from '../../captures/append-piece.js';
import { scanCaptureFile } from '../../captures/scan-captures.js';
import { PermanentError } from '../../domain/errors.js';
import { noCrash } from '../../platform/crash-points.js';
import {
  ALL_PAGES_BATCH,
  ANSWER_BYTES_MAX,
  ANSWER_KEPT_SECONDS,
  answerKey,
  type HostAnswer,
  type HostJob,
  hostJobSchema,
  type HostJobKind,
  pieceId,
} from '../../queue/host-jobs.js';
import { closeWorker, HOST_QUEUE, openHostQueue, releaseDeadJobs, tracingOptions } from '../../queue/open-queues.js';
import { queuePage } from '../../queue/page-jobs.js';
import { connectRedis } from '../../redis/connection.js';
import { PiecesInFlight } from '../../redis/pieces-in-flight.js';
import { logTroubles, payloadOf } from '../../workers/start-workers.js';
import { knowledgeOf } from '../crawl/catalogue-knowledge.js';
import type { Harvester } from '../harvester/open-harvester.js';
import { pageJobOf } from '../harvester/recover-captures.js';

/** What a dead writer had in hand is taken up by the next one within two looks. */
const TIMES = { lockDuration: 30_000, stalledInterval: 1_000, maxStalledCount: 10 };
const CLOSE_MS = 5_000;

/**
 * Starts answering the crawl hosts that share nothing with this writer but Redis: what the catalogue knows, and their
 * captures, which are appended here. One job at a time, in order.
 */
export async function openHostAnswers(harvester: Harvester): Promise<void> {
  const { queues, log, closers } = harvester;
  const connection = await connectRedis(queues.location, 'worker');
  closers.push('host connection', () => {
    connection.disconnect();
  });
  // One writer works under a prefix, and it has just begun.
  await releaseDeadJobs(queues, openHostQueue(queues, closers));
  const answers = new HostAnswers(harvester);
  const work = async (job: Job<HostJob>): Promise<null> => {
    await answers.answer(payloadOf(job, hostJobSchema), job.id ?? '');
    return null;
  };
  const worker = new Worker<HostJob, null>(HOST_QUEUE, work, {
    connection,
    prefix: queues.prefix,
    ...tracingOptions(),
    ...TIMES,
  });
  logTroubles(worker, HOST_QUEUE, log);
  worker.on('failed', (job, error) => {
    log.error(
      { event: 'host.error', jobId: job?.id ?? '', reason: job?.name ?? '', err: error },
      'crawl host not answered',
    );
  });
  closers.push('host worker', () => closeWorker(worker, connection), CLOSE_MS);
}

class HostAnswers {
  readonly #harvester: Harvester;
  readonly #pieces: PiecesInFlight;
  /** Capture file → up to where its records are queued. */
  readonly #queuedTo = new Map<string, number>();

  constructor(harvester: Harvester) {
    this.#harvester = harvester;
    this.#pieces = new PiecesInFlight(harvester.queues.redis, harvester.queues.prefix);
  }

  async answer(job: HostJob, jobId: string): Promise<void> {
    const { redis, prefix } = this.#harvester.queues;
    const packed = gzipSync(JSON.stringify(await this.#answerTo(job)), { level: 1 });
    if (packed.length > ANSWER_BYTES_MAX) {
      throw new PermanentError(`Expected an answer of at most ${ANSWER_BYTES_MAX} bytes, found ${packed.length}`, {
        code: 'host.answerTooLarge',
      });
    }
    await redis.set(answerKey(prefix, jobId), packed, 'EX', ANSWER_KEPT_SECONDS);
  }

  async #answerTo(job: HostJob): Promise<HostAnswer<HostJobKind>> {
    const { queries } = this.#harvester;
    const knowledge = knowledgeOf(queries, this.#harvester);
    const { known } = knowledge;
    if (job.kind === 'find') return [...(await known.find(job.pageIds)).values()];
    if (job.kind === 'tagPages') return [...(await known.tagPages(job.edition))];
    if (job.kind === 'due' || job.kind === 'failed') {
      return (await known[job.kind](job.edition, job.nowMs)).map(({ pageId, url }) => ({ pageId, url }));
    }
    if (job.kind === 'all') return queries.pages.after(job.edition, job.after, ALL_PAGES_BATCH);
    if (job.kind === 'duplicates') return [...(await knowledge.duplicatesAmong(job.keys))];
    if (job.kind === 'announced') return knowledge.countAnnounced(job);
    if (job.kind === 'held') return this.#held(job.file);
    if (job.kind === 'piece') return this.#append(job);
    if (job.kind === 'isOfUse') return knowledge.isOfUse(job.schedule, job.edition, job.nowMs);
    await knowledge.fillGaps(job.editions);
    return null;
  }

  /** Bytes that are on the disk and queued. Those that are not queued, because Redis failed, are requested again. */
  async #held(file: string): Promise<number> {
    const bytes = await bytesHeld(this.#harvester.config.dataDir, file);
    return Math.min(bytes, this.#queuedTo.get(file) ?? bytes);
  }

  async #append(job: Extract<HostJob, { kind: 'piece' }>): Promise<number> {
    const { config, crashPoint = noCrash } = this.#harvester;
    const { file, offset, length, endsRecord } = job;
    const bytes = await this.#pieces.get(pieceId(job));
    // It was given back in the meantime; its host still has it.
    if (bytes?.length !== length) return this.#held(file);
    // Captures that existed when this process began are already queued.
    if (!this.#queuedTo.has(file)) this.#queuedTo.set(file, await this.#held(file));
    const held = await appendPiece(config.dataDir, { file, offset, bytes });
    crashPoint('piece.appended');
    if (endsRecord && held >= offset + length) await this.#queueRecords(file, held);
    crashPoint('piece.queued');
    await this.#pieces.remove(pieceId(job));
    return held;
  }

  /** Queues what the records say that are not queued yet, as at a start. */
  async #queueRecords(file: string, end: number): Promise<void> {
    const { config, queues, store, log } = this.#harvester;
    for await (const record of scanCaptureFile(config.dataDir, file, this.#queuedTo.get(file) ?? 0)) {
      if (record.kind === 'damaged') {
        log.warn({ event: 'piece.damaged', file, reason: record.detail }, 'a crawl host handed over a damaged record');
      }
      const job = pageJobOf(record, store);
      if (job !== null) await queuePage(queues.page, job);
    }
    this.#queuedTo.set(file, end);
  }
}
