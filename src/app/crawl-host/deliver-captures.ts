import { open, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { crawlHostOf, listCaptureFiles } from '../../captures/capture-files.js';
import type { CaptureReference } from '../../domain/article.js';
import { noCrash, type CrashPoint } from '../../platform/crash-points.js';
import type { Logger } from '../../platform/logger.js';
import { pieceId } from '../../queue/host-jobs.js';
import { PIECE_BYTES_MAX, type PiecesInFlight } from '../../redis/pieces-in-flight.js';
import type { WriterClient } from './ask-writer.js';

interface DeliveryOptions {
  readonly dataDir: string;
  readonly writer: WriterClient;
  readonly pieces: PiecesInFlight;
  /** Aborted: nothing more is handed over, and nobody waits for it. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly crashPoint?: CrashPoint;
}

/** A capture file of this host, and how far it has come. */
interface Journal {
  readonly file: string;
  /** Bytes on the disk of this host. */
  bytes: number;
  /** What the writer has on its disk; null: it has not been asked yet. */
  held: number | null;
  /** Another file is written to. */
  isEnded: boolean;
}

interface Waiting {
  readonly file: string;
  readonly end: number;
  readonly resolve: (isAccepted: boolean) => void;
}

/** Where Redis has no room for a piece, it is tried again this much later. */
const ROOM_LOOK_MS = 250;
/** What the writer could not take is offered again after this, then twice as long, up to the second figure. */
const AGAIN_MS = 1_000;
const AGAIN_MS_MAX = 30_000;

/**
 * Hands the capture files of a crawl host over to the writer, which keeps them byte for byte under the same names: the
 * length of its file says what it has, so nothing is handed over twice or forgotten, whichever side is killed. One
 * piece is in transit at a time; later captures go with the next one. A complete file is deleted here once the writer
 * has all of it.
 */
export class CaptureDelivery {
  readonly #options: DeliveryOptions;
  readonly #journals = new Map<string, Journal>();
  #waiting: Waiting[] = [];
  #wake: () => void = () => undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Begins with what earlier processes left. @returns the number of their files. */
  async start(): Promise<number> {
    for (const { file, bytes } of await listCaptureFiles(this.#options.dataDir)) {
      if (crawlHostOf(file) !== null) this.#journals.set(file, { file, bytes, held: null, isEnded: true });
    }
    const { signal } = this.#options;
    const stop = (): void => {
      this.#wake();
      for (const { resolve } of this.#waiting.splice(0)) resolve(false);
    };
    signal.addEventListener('abort', stop, { once: true });
    this.#ended = this.#run();
    return this.#journals.size;
  }

  /**
   * Resolves with true when the writer has the record on its disk, and its job queued; with false when this host stops
   * before.
   */
  accepted({ file, offset, length }: Pick<CaptureReference, 'file' | 'offset' | 'length'>): Promise<boolean> {
    const end = offset + length;
    const journal = this.#journals.get(file);
    if (journal === undefined) {
      for (const other of this.#journals.values()) other.isEnded = true;
      this.#journals.set(file, { file, bytes: end, held: null, isEnded: false });
    } else {
      journal.bytes = Math.max(journal.bytes, end);
    }
    if (this.#options.signal.aborted) return Promise.resolve(false);
    this.#wake();
    return new Promise((resolve) => this.#waiting.push({ file, end, resolve }));
  }

  /** Resolves when the writer has all that is here now. */
  async caughtUp(): Promise<void> {
    await Promise.all(
      [...this.#journals.values()].map(({ file, bytes }) => this.accepted({ file, offset: 0, length: bytes })),
    );
  }

  /** Waits for its end after the signal, when nothing is captured any more; what the writer has whole is removed. */
  async close(): Promise<void> {
    await this.#ended;
    for (const journal of this.#journals.values()) {
      journal.isEnded = true;
      await this.#removeDelivered(journal);
    }
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { signal, log } = this.#options;
    let againMs = AGAIN_MS;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      const journal = [...this.#journals.values()].find(({ bytes, held }) => held === null || held < bytes);
      if (journal === undefined) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      try {
        await this.#deliver(journal);
        againMs = AGAIN_MS;
      } catch (error) {
        if (isOver()) return;
        log.warn(
          { event: 'delivery.failed', file: journal.file, err: error },
          'could not hand captures over; trying again',
        );
        await pause(againMs, undefined, { signal }).catch(() => undefined);
        againMs = Math.min(2 * againMs, AGAIN_MS_MAX);
      }
    }
  }

  async #deliver(journal: Journal): Promise<void> {
    const { writer, crashPoint = noCrash } = this.#options;
    const { file } = journal;
    journal.held ??= await writer.ask({ kind: 'held', file });
    const { bytes, held } = journal;
    if (held < bytes) {
      journal.held = await this.#handOver(file, held, Math.min(bytes - held, PIECE_BYTES_MAX), bytes);
      crashPoint('delivery.accepted');
    }
    const has = journal.held;
    const isDone = (one: Waiting): boolean => one.file === file && one.end <= has;
    for (const one of this.#waiting.filter(isDone)) one.resolve(true);
    this.#waiting = this.#waiting.filter((one) => !isDone(one));
    for (const other of this.#journals.values()) await this.#removeDelivered(other);
  }

  /** @returns what the writer has then. */
  async #handOver(file: string, offset: number, length: number, recordEnd: number): Promise<number> {
    const { dataDir, writer, pieces, signal, crashPoint = noCrash } = this.#options;
    const piece = { kind: 'piece', file, offset, length, endsRecord: offset + length === recordEnd } as const;
    const id = pieceId({ v: 1, host: writer.host, ...piece });
    const content = await readBytes(join(dataDir, file), offset, length);
    while (!(await pieces.put(id, content))) await pause(ROOM_LOOK_MS, undefined, { signal });
    crashPoint('delivery.sent');
    try {
      return await writer.ask(piece, id);
    } finally {
      // The writer has done so, unless it failed or was killed.
      await pieces.remove(id).catch(() => undefined);
    }
  }

  async #removeDelivered({ file, bytes, held, isEnded }: Journal): Promise<void> {
    if (!isEnded || held === null || held < bytes) return;
    const path = join(this.#options.dataDir, file);
    if ((await stat(path)).size > held) return;
    await unlink(path);
    this.#journals.delete(file);
    this.#options.log.debug({ event: 'delivery.removed', file, bytes }, 'removed a capture file that the writer has');
  }
}

async function readBytes(path: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
    if (bytesRead < length) throw new Error(`Expected ${length} bytes of ${path} at ${offset}, found ${bytesRead}`);
    return buffer;
  } finally {
    await handle.close();
  }
}
