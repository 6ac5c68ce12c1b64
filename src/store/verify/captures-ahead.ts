import { EventEmitter, once } from 'node:events';
import type { ScannedRecord } from '../../captures/decode-record.js';
import { scanCaptures } from '../../captures/scan-captures.js';
import type { Logger } from '../../platform/logger.js';
import type { CaptureMeaning, InterpretCapture } from '../writer/capture-interpreter.js';

const READ_AT_ONCE = 32;
/** Some 20 KB each. */
const AHEAD_MAX = 1_024;

/**
 * Interprets all captures in order, ahead of the consumer. Threads begin to extract as soon as this object is created,
 * while rows and links are put in order.
 */
export class CapturesAhead {
  readonly #ahead: Promise<CaptureMeaning | null>[] = [];
  #inHand = 0;
  #isStopped = false;
  /** Tells `changed` to everything that waits for a change. */
  readonly #news = new EventEmitter();
  readonly #reading: Promise<void>;
  #isAtEnd = false;
  #unread = 0;

  constructor(
    dataDir: string,
    private readonly interpret: InterpretCapture,
    private readonly log: Logger,
  ) {
    this.#reading = this.#read(dataDir).finally(() => {
      this.#isAtEnd = true;
      this.#news.emit('changed');
    });
    this.#reading.catch(() => undefined); // reported to the consumer
  }

  /** How many of those that were taken could not be read. */
  get unread(): number {
    return this.#unread;
  }

  /** @returns what the next captures mean, at most `limit`, null for one that tells nothing or could not be read; none at the end. */
  async take(limit: number): Promise<(CaptureMeaning | null)[]> {
    while (this.#ahead.length < limit && !this.#isAtEnd) await once(this.#news, 'changed');
    if (this.#ahead.length === 0) await this.#reading;
    const taken = this.#ahead.splice(0, limit);
    this.#news.emit('changed');
    return Promise.all(taken);
  }

  stop(): void {
    this.#isStopped = true;
    this.#news.emit('changed');
  }

  async #read(dataDir: string): Promise<void> {
    for await (const record of scanCaptures(dataDir)) {
      if (record.kind === 'foreign' || record.kind === 'damaged') continue;
      while (!this.#isStopped && (this.#inHand >= READ_AT_ONCE || this.#ahead.length >= AHEAD_MAX)) {
        await once(this.#news, 'changed');
      }
      if (this.#isStopped) return;
      this.#inHand += 1;
      this.#ahead.push(this.#interpretOrNull(record));
      this.#news.emit('changed');
    }
  }

  async #interpretOrNull(record: ScannedRecord): Promise<CaptureMeaning | null> {
    try {
      return await this.interpret(record);
    } catch (error) {
      this.#unread += 1;
      // Work that is given up because the repair has failed says nothing about the capture.
      if (!(error instanceof Error && error.name === 'AbortError'))
        this.log.warn({ event: 'capture.unreadable', file: record.file, err: error }, 'could not read a capture again');
      return null;
    } finally {
      this.#inHand -= 1;
      this.#news.emit('changed');
    }
  }
}
