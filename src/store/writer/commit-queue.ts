import { FatalError, RetryableError } from '../../domain/errors.js';

/** A batch's members in order of arrival, and what each came to. */
export type RunBatch<Item, Result> = (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Group commit: what is submitted while a batch is on its way to the disk forms the next batch, so that many share one commit and
 * a single one does not wait. Batches run one after the other, members in order of arrival.
 *
 * A batch that fails as a whole is run again member by member, so that only the culprit fails; a {@link FatalError} fails all at once.
 */
export class CommitQueue<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private running: Promise<void> | null = null;
  private closed = false;

  constructor(
    private readonly runBatch: RunBatch<Item, Result>,
    private readonly limits: { readonly batchMax: number; readonly waitingMax: number },
  ) {}

  /**
   * @returns once the batch that holds the item is on the disk.
   * @throws {RetryableError} `store.overloaded` if too many wait; {FatalError} `store.closed`; what the item's own work throws.
   */
  submit(item: Item): Promise<Result> {
    if (this.closed)
      return Promise.reject(new FatalError('Wanted to write, found the store closed', { code: 'store.closed' }));
    if (this.waiting.length >= this.limits.waitingMax) {
      const message = `Wanted at most ${this.limits.waitingMax} writes waiting for the disk, found as many`;
      return Promise.reject(new RetryableError(message, { code: 'store.overloaded' }));
    }
    return new Promise<Result>((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.running ??= this.run();
    });
  }

  /** Takes nothing more and returns once everything submitted has ended. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  private async run(): Promise<void> {
    // Lets everything submitted in the same turn join the first batch.
    await Promise.resolve();
    while (this.waiting.length > 0) await this.runNext(this.waiting.splice(0, this.limits.batchMax));
    this.running = null;
  }

  private async runNext(members: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.runBatch(members.map((member) => member.item));
      results.forEach((result, index) => {
        const member = members[index];
        if (result.status === 'fulfilled') member?.resolve(result.value);
        else member?.reject(result.reason);
      });
    } catch (error) {
      if (members.length === 1 || error instanceof FatalError) {
        for (const member of members) member.reject(error);
        return;
      }
      for (const member of members) await this.runNext([member]);
    }
  }
}
