import { Worker, type Job, type Queue } from 'bullmq';
import { withSecrets } from '../../notify/delivery/delivery.js';
import { createSender } from '../../notify/delivery/create-sender.js';
import { closeOutboxDatabase, openOutboxDatabase } from '../../notify/outbox/outbox-database.js';
import { Outbox } from '../../notify/outbox/outbox.js';
import { notifyJobSchema, queueMessages, type NotifyJob } from '../../queue/notify-jobs.js';
import {
  closeWorker,
  NOTIFY_QUEUE,
  openNotifyQueue,
  releaseDeadJobs,
  tracingOptions,
} from '../../queue/open-queues.js';
import { connectRedis } from '../../redis/connection.js';
import type { Freshness } from '../../store/catalogue/judge-freshness.js';
import { logTroubles, payloadOf } from '../../workers/start-workers.js';
import { SOFTWARE } from '../harvester/runtime.js';
import type { Harvester } from '../harvester/open-harvester.js';
import { Deliverer } from './deliver-message.js';
import { createEventSource } from './event-source.js';
import { createPictureDrawer } from './picture-drawer.js';
import { Steps } from './steps.js';
import { collectEvents, collectStanding, makeDueMessages, readAgain, type WatchDependencies } from './watch-events.js';

/** How often events and states are checked. */
const LOOK_MS = 1_000;
const STANDING_MS = 30_000;
/** Pending messages are queued again, in case the queue lost them. */
const REQUEUE_MS = 60_000;
const FORGET_MS = 3_600_000;
/** Messages that are under way at a time. */
const CONCURRENCY = 4;
const TIMES = { lockDuration: 30_000, stalledInterval: 5_000 };
const STALLED_MAX = 10;
/** A request in hand is finished. */
const CLOSE_MS = 15_000;

/**
 * Starts telling people: in the process that writes the data directory.
 *
 * @param readFreshness  How editions and topics stand.
 * @throws {UsageError} `search.syntax` for a rule whose query cannot be understood; {UsageError} `config.secret`; {FatalError} `notify.tooNew`, `disk.…`
 */
export async function openNotifyPart(harvester: Harvester, readFreshness: () => readonly Freshness[]): Promise<void> {
  const { config, queues, closers, clock, log, environment } = harvester;
  const rules = config.notify.rules.filter(({ enabled }) => enabled);
  const asked = new Set(rules.flatMap(({ to }) => to));
  for (const target of config.notify.targets) if (asked.has(target.name)) withSecrets(target, environment);
  const source = createEventSource(harvester, rules, readFreshness);
  const database = openOutboxDatabase(config.dataDir);
  closers.push('outbox', () => {
    closeOutboxDatabase(database, config.dataDir);
  });
  const outbox = new Outbox(database);
  outbox.beginRules(rules, harvester.queries.changes.end(), clock.now());
  const queue = openNotifyQueue(queues, closers);
  // The process that holds the lock of the data directory is the only one that works on this queue.
  await releaseDeadJobs(queues, queue);
  const sender = createSender({ environment, clock, userAgent: SOFTWARE, drawPicture: createPictureDrawer(harvester) });
  closers.push('sender', () => sender.close());
  const now = (): number => clock.now();
  const loop = new NotifyLoop({ outbox, source, rules, publicUrl: config.notify.publicUrl, now }, queue, harvester);
  const deliverer = new Deliverer({ outbox, sender, settings: config.notify, log, now });
  await startWorker(harvester, { outbox, deliverer, onDecided: loop.requeue });
  loop.start();
  closers.push('notify loop', () => loop.stop(), CLOSE_MS);
}

interface WorkerDependencies {
  readonly outbox: Outbox;
  readonly deliverer: Deliverer;
  readonly onDecided: () => void;
}

async function startWorker(
  { queues, closers, config, log }: Harvester,
  { outbox, deliverer, onDecided }: WorkerDependencies,
): Promise<void> {
  const connection = await connectRedis(queues.location, 'worker');
  closers.push('notify connection', () => {
    connection.disconnect();
  });
  const { retrySeconds } = config.notify;
  const work = async (job: Job<NotifyJob>, token = ''): Promise<void> => {
    const payload = payloadOf(job, notifyJobSchema);
    if (payload.kind === 'send') return deliverer.deliver(payload.message, job, token);
    outbox.decide(payload.action, payload.messages);
    onDecided();
  };
  const worker = new Worker<NotifyJob>(NOTIFY_QUEUE, work, {
    ...{
      connection,
      prefix: queues.prefix,
      concurrency: CONCURRENCY,
      maxStalledCount: STALLED_MAX,
      ...TIMES,
      ...tracingOptions(),
    },
    settings: { backoffStrategy: (attempts) => (retrySeconds[attempts - 1] ?? retrySeconds.at(-1) ?? 1) * 1_000 },
  });
  logTroubles(worker, NOTIFY_QUEUE, log);
  closers.push('notify worker', () => closeWorker(worker, connection), CLOSE_MS);
}

/** Repeatedly looks for events to tell, and queues messages. */
class NotifyLoop {
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;
  #isStale = true;
  readonly #steps: Steps;

  constructor(
    private readonly deps: WatchDependencies,
    private readonly queue: Queue<NotifyJob>,
    private readonly harvester: Harvester,
  ) {
    this.#steps = new Steps(harvester, (troubles) => {
      deps.outbox.noteTroubles(troubles);
    });
  }

  start(): void {
    this.#next(0);
  }

  /** After a decision by a user: messages to be sent again are queued at the next look. */
  readonly requeue = (): void => {
    this.#isStale = true;
  };

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #next(afterMs: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#look().then(() => {
        this.#next(LOOK_MS);
      });
    }, afterMs);
  }

  async #look(): Promise<void> {
    const { deps } = this;
    await this.#steps.take('events', () => collectEvents(deps));
    await this.#steps.take('records', () => {
      readAgain(deps);
    });
    const lookAtStanding = (): void => {
      collectStanding(deps);
    };
    await this.#steps.take('standing', lookAtStanding, STANDING_MS);
    await this.#steps.take('messages', () => {
      makeDueMessages(deps, this.requeue);
    });
    const forgetOld = (): void => {
      deps.outbox.forgetOld(deps.now());
    };
    await this.#steps.take('old', forgetOld, FORGET_MS);
    await this.#steps.take('queue', () => this.#queueMessages(), this.#isStale ? 0 : REQUEUE_MS);
  }

  async #queueMessages(): Promise<void> {
    const { retrySeconds } = this.harvester.config.notify;
    // Before: what is decided meanwhile makes it stale again.
    this.#isStale = false;
    try {
      await queueMessages(this.queue, this.deps.outbox.queued(), retrySeconds.length + 1);
    } catch (error) {
      this.#isStale = true;
      throw error;
    }
  }
}
