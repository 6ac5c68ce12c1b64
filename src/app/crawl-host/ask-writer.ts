import type { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { setTimeout as pause } from 'node:timers/promises';
import { RetryableError } from '../../domain/errors.js';
import { orAborted } from '../../platform/abort-signals.js';
import type { Logger } from '../../platform/logger.js';
import type { HandOver, JobEnd } from '../../queue/hand-over.js';
import {
  ANSWER_TEXT_BYTES_MAX,
  answerKey,
  answerSchemas,
  type HostAnswer,
  type HostJob,
  type HostJobKind,
  NAMES_MAX,
  queueHostJob,
} from '../../queue/host-jobs.js';
import { allPages } from '../crawl/catalogue-knowledge.js';
import type { CrawlKnowledge } from '../crawl/perform-crawl.js';

type Question = HostJob extends infer Job ? (Job extends HostJob ? Omit<Job, 'v' | 'host'> : never) : never;

/** After Redis could not be reached, or was emptied, a question is put again this much later; whether Redis is lost is watched elsewhere. */
const AGAIN_MS = 1_000;

/** How often it is said that the writer does not answer. */
const SILENCE_MS = 60_000;

interface WriterClientOptions {
  readonly jobs: HandOver<HostJob>;
  readonly redis: Redis;
  readonly prefix: string;
  /** Id of the crawl host's data directory. */
  readonly host: string;
  /** Aborted: no answer is waited for any more. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** Puts questions to the writer through queue `host`, and waits for the answers as long as it takes. */
export class WriterClient {
  readonly #options: WriterClientOptions;

  constructor(options: WriterClientOptions) {
    this.#options = options;
  }

  get host(): string {
    return this.#options.host;
  }

  /**
   * @param jobId  Of the question; default: a new one.
   * @throws {RetryableError} `host.unanswered` where the writer cannot answer, and says why; the signal's reason.
   */
  async ask<Kind extends HostJobKind>(
    question: Extract<Question, { kind: Kind }>,
    jobId?: string,
  ): Promise<HostAnswer<Kind>> {
    const { host, signal, log } = this.#options;
    const job = { v: 1, host, ...question } as unknown as HostJob;
    for (;;) {
      signal.throwIfAborted();
      const id = jobId ?? `${host}.${randomUUID()}`;
      try {
        const end = await this.#endOf(job, id);
        if (end.kind === 'failed') {
          const message = `the writer could not answer \`${question.kind}\`: ${end.reason}`;
          throw new RetryableError(message, { code: 'host.unanswered' });
        }
        const answer = end.kind === 'completed' ? await this.#fetchAnswer(id) : null;
        if (answer !== null) return answerSchemas[question.kind].parse(answer.value) as HostAnswer<Kind>;
      } catch (error) {
        if (error instanceof RetryableError || signal.aborted) throw error;
        log.debug({ event: 'host.again', reason: question.kind, err: error }, 'asking the writer again');
      }
      await pause(AGAIN_MS, undefined, { signal });
    }
  }

  async #endOf(job: HostJob, jobId: string): Promise<JobEnd> {
    const { log } = this.#options;
    const waiting = setInterval(() => {
      log.warn({ event: 'host.waiting', reason: job.kind }, 'the writer has not answered for a minute; waiting for it');
    }, SILENCE_MS);
    try {
      return await this.#hear(job, jobId);
    } finally {
      clearInterval(waiting);
    }
  }

  async #hear(job: HostJob, jobId: string): Promise<JobEnd> {
    const { jobs, signal } = this.#options;
    const queued = queueHostJob(jobs.queue, job, jobId);
    const ended = jobs.endOf(jobId, queued);
    await queued;
    return orAborted(ended, signal);
  }

  /** @returns null where it is gone already, as when Redis was emptied. */
  async #fetchAnswer(jobId: string): Promise<{ value: unknown } | null> {
    const { redis, prefix } = this.#options;
    const packed = await redis.getdelBuffer(answerKey(prefix, jobId));
    if (packed === null) return null;
    return { value: JSON.parse(gunzipSync(packed, { maxOutputLength: ANSWER_TEXT_BYTES_MAX }).toString('utf8')) };
  }
}

/** What the writer's catalogue knows, asked for through the queue: a question for a list, not for each page of it. */
export function knowledgeOfWriter(writer: WriterClient): CrawlKnowledge {
  return {
    known: {
      find: async (pageIds) => {
        const pages = await askInParts(pageIds, (part) => writer.ask({ kind: 'find', pageIds: part }));
        return new Map(pages.map((page) => [page.pageId, page]));
      },
      tagPages: (edition) => writer.ask({ kind: 'tagPages', edition }),
      due: (edition, nowMs) => writer.ask({ kind: 'due', edition, nowMs }),
      failed: (edition, nowMs) => writer.ask({ kind: 'failed', edition, nowMs }),
      all: (edition) => allPages((after) => writer.ask({ kind: 'all', edition, after })),
    },
    duplicatesAmong: async (keys) =>
      new Set(await askInParts(keys, (part) => writer.ask({ kind: 'duplicates', keys: part }))),
    countAnnounced: ({ editions, ...pages }) => writer.ask({ kind: 'announced', editions: [...editions], ...pages }),
    isOfUse: (schedule, edition, nowMs) => writer.ask({ kind: 'isOfUse', schedule, edition, nowMs }),
    fillGaps: async (editions) => {
      await writer.ask({ kind: 'fillGaps', editions: [...editions] });
    },
  };
}

async function askInParts<Name, Answer>(
  names: readonly Name[],
  ask: (part: Name[]) => Promise<readonly Answer[]>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < names.length; at += NAMES_MAX) answers.push(...(await ask(names.slice(at, at + NAMES_MAX))));
  return answers;
}
