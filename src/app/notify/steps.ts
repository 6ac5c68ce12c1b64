import type { NotifyStep, Trouble } from '../../notify/outbox/read-notify.js';
import { toUtcInstant } from '../../platform/clock.js';
import type { Runtime } from '../harvester/runtime.js';

/** A step that failed is left out for so long. */
const TROUBLE_MS = 10_000;

/** Takes steps of a round one by one: one that fails is logged, told, and tried again later; the others go on meanwhile. */
export class Steps {
  readonly #troubles = new Map<NotifyStep, Trouble & { readonly untilMs: number }>();
  readonly #doneAtMs = new Map<NotifyStep, number>();

  /** @param onChange  Given what fails now, each time that this changes; it may fail itself. */
  constructor(
    private readonly runtime: Pick<Runtime, 'log' | 'clock'>,
    private readonly onChange: (troubles: readonly Trouble[]) => void,
  ) {
    // What the process before could not do may be well now.
    this.#tell();
  }

  /** @param everyMs  Least time since it was last done: one that failed was not. */
  async take(step: NotifyStep, work: () => void | Promise<void>, everyMs = 0): Promise<void> {
    const { log, clock } = this.runtime;
    const before = this.#troubles.get(step);
    const nowMs = performance.now();
    if (before !== undefined && nowMs < before.untilMs) return;
    if (nowMs - (this.#doneAtMs.get(step) ?? -Infinity) < everyMs) return;
    try {
      await work();
      this.#doneAtMs.set(step, nowMs);
      if (this.#troubles.delete(step)) this.#tell();
    } catch (error) {
      const since = before?.since ?? toUtcInstant(clock.now());
      const reason = error instanceof Error ? error.message : String(error);
      const fields = { event: 'notify.trouble', reason: step, err: error };
      if (reason !== before?.reason) log.warn(fields, 'a step of telling people failed; tried again');
      this.#troubles.set(step, { step, since, reason, untilMs: performance.now() + TROUBLE_MS });
      this.#tell();
    }
  }

  #tell(): void {
    try {
      this.onChange([...this.#troubles.values()].map(({ step, since, reason }) => ({ step, since, reason })));
    } catch (error) {
      this.runtime.log.warn({ event: 'notify.trouble', reason: 'status', err: error }, 'what fails could not be noted');
    }
  }
}
