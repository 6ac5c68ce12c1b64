import { DelayedError, type Job } from 'bullmq';
import { ZodError } from 'zod';
import type { NotifySettings, NotifyTarget } from '../../config/config.js';
import { RetryableError } from '../../domain/errors.js';
import { DAY_MS } from '../../domain/units.js';
import type { Delivery } from '../../notify/delivery/delivery.js';
import type { Sender } from '../../notify/delivery/create-sender.js';
import type { Message } from '../../notify/notices/notice.js';
import type { Outbox } from '../../notify/outbox/outbox.js';
import type { Logger } from '../../platform/logger.js';
import type { NotifyJob } from '../../queue/notify-jobs.js';

interface DeliveryDependencies {
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly settings: NotifySettings;
  readonly log: Logger;
  readonly now: () => number;
}

/** So long a target may ask for patience; then each try counts. */
const PATIENCE_MS = 3 * DAY_MS;
/** Least wait where a target asks for none at all. */
const WAIT_MS_MIN = 1_000;
/** Longest fault of our own that is kept, in UTF-16 units. */
const FAULT_MAX = 200;

/** Delivers messages, target by target no sooner than each of them wants. */
export class Deliverer {
  /** Target → until when it wants to be left alone, in milliseconds since the epoch. */
  readonly #quietUntil = new Map<string, number>();
  /**
   * Message → what its target says, until that is noted: it is sent once, also where the queue was emptied and gives it
   * out a second time, or where the disk takes no note.
   */
  readonly #answers = new Map<string, Promise<Delivery>>();

  constructor(private readonly deps: DeliveryDependencies) {}

  /**
   * Makes one attempt. Its result is stored before the job ends.
   *
   * @throws {DelayedError} the target asked for a pause, which does not use up an attempt; {RetryableError}
   *         `notify.notTaken`: tried again with back-off.
   */
  async deliver(id: string, job: Job<NotifyJob>, token: string): Promise<void> {
    const { outbox, settings, now } = this.deps;
    const message = this.#toSend(id);
    if (message === null) return;
    const target = settings.targets.find(({ name }) => name === message.target);
    if (target === undefined) {
      this.#giveUp(message, 'the target is configured no longer');
      return;
    }
    const quietUntil = this.#quietUntil.get(target.name) ?? 0;
    if (quietUntil > now()) await putOff(job, quietUntil, token);
    const delivery = await this.#sendOnce(target, message);
    if (delivery.kind === 'later') return this.#tryLater(message, delivery, job, token);
    if (delivery.kind === 'taken') outbox.noteTry(id, 'sent', delivery.answer, now());
    else this.#giveUp(message, delivery.answer);
    this.#answers.delete(id);
  }

  /** A message of a form that is not known could be sent by no further try. */
  #toSend(id: string): Message | null {
    const { outbox, now } = this.deps;
    try {
      return outbox.toSend(id);
    } catch (error) {
      if (!(error instanceof ZodError || error instanceof SyntaxError)) throw error;
      outbox.noteTry(id, 'undelivered', `cannot be read: ${String(error)}`.slice(0, FAULT_MAX), now());
      return null;
    }
  }

  async #sendOnce(target: NotifyTarget, message: Message): Promise<Delivery> {
    const sent = this.#answers.get(message.id) ?? this.#send(target, message);
    this.#answers.set(message.id, sent);
    const delivery = await sent;
    if (delivery.kind === 'later') this.#answers.delete(message.id);
    return delivery;
  }

  /** What goes wrong here counts as a try, too: a message that cannot be sent waits for a decision in the end. */
  async #send(target: NotifyTarget, message: Message): Promise<Delivery> {
    const { sender, log } = this.deps;
    try {
      return await sender.send(target, message);
    } catch (error) {
      log.error({ event: 'notify.error', jobId: message.id, err: error }, 'sending a message failed');
      return { kind: 'later', answer: `failed here: ${String(error)}`.slice(0, FAULT_MAX), retryAfterMs: null };
    }
  }

  async #tryLater(
    message: Message,
    { answer, retryAfterMs }: Delivery,
    job: Job<NotifyJob>,
    token: string,
  ): Promise<void> {
    const { outbox, now } = this.deps;
    const isOld = now() - Date.parse(message.createdAt) > PATIENCE_MS;
    if (retryAfterMs !== null && !isOld) {
      const untilMs = now() + Math.max(retryAfterMs, WAIT_MS_MIN);
      this.#quietUntil.set(message.target, untilMs);
      outbox.noteTry(message.id, 'queued', answer, now());
      await putOff(job, untilMs, token);
    }
    if (job.attemptsMade + 1 >= (job.opts.attempts ?? 1)) {
      this.#giveUp(message, answer);
      return;
    }
    outbox.noteTry(message.id, 'queued', answer, now());
    throw new RetryableError(answer, { code: 'notify.notTaken' });
  }

  #giveUp({ id, rule, target }: Message, answer: string): void {
    const { outbox, log, now } = this.deps;
    outbox.noteTry(id, 'undelivered', answer, now());
    log.warn(
      { event: 'notify.undelivered', jobId: id, reason: `${rule} to ${target}: ${answer}` },
      'message not delivered',
    );
  }
}

async function putOff(job: Job<NotifyJob>, untilMs: number, token: string): Promise<never> {
  await job.moveToDelayed(untilMs, token);
  throw new DelayedError();
}
