import type { TerminalWishes } from '../../config/environment.js';
import { forTerminal } from '../../platform/logger.js';
import { durationWords, RateMeter, rateWords } from './rate-meter.js';
import { layOutTable, type Cell } from './text-output.js';
import { cutText } from './wrap-text.js';

/** Where some work stands. */
export interface WorkState {
  /** The work: `crawl`. */
  readonly title: string;
  /** What the work waits for, if it waits. */
  readonly note?: string | null;
  /** Counts by name, in their order. */
  readonly counts: Readonly<Record<string, number>>;
  /** How much is done, for the rate. */
  readonly done: number;
  /** The total; null if it is not known. */
  readonly of: number | null;
  /** The current item. */
  readonly at?: string;
  /** Why nothing moves, where nothing does for a while. */
  readonly pause?: string;
  /** The same for each part. */
  readonly parts?: readonly WorkPart[];
}

interface WorkPart extends Pick<WorkState, 'counts' | 'done' | 'of'> {
  readonly name: string;
}

/**
 * Shows progress on standard error: on a terminal in lines that are rewritten in place, elsewhere as a line every ten
 * seconds. What the work waits for is shown at once.
 */
export interface Progress {
  show(state: WorkState): void;
  /** Writes text so that it does not break the lines: above them. */
  readonly above: (text: string) => void;
  /** Takes the lines away: the work has ended. `show` begins again. */
  end(): void;
}

/** Least time between two repaints, and between two lines where there is no terminal. */
const REPAINT_MS = 200;
const LINE_MS = 10_000;
/** Lines of the terminal that are left to earlier output. */
const ROWS_LEFT = 3;

type LiveLines = ((text: string) => void) & { clear(): void };

export function openProgress(stream: NodeJS.WriteStream, { columns, isDumb }: TerminalWishes): Progress {
  // A terminal of no size is one of a program that did not say.
  const isLive = stream.isTTY && !isDumb && stream.columns > 0 && stream.rows > 0;
  return isLive ? new LiveProgress(stream, columns) : new PlainProgress(stream);
}

/** Knows how fast each part goes. */
class Meters {
  readonly #byName = new Map<string, RateMeter>();

  note({ done, parts = [] }: WorkState): void {
    const nowMs = performance.now();
    this.#of('').note(done, nowMs);
    for (const part of parts) this.#of(part.name).note(part.done, nowMs);
  }

  rate(name: string): string {
    return rateWords(this.#of(name).perSecond());
  }

  left(name: string, { done, of }: Pick<WorkState, 'done' | 'of'>): string {
    return of === null || of <= done ? '' : durationWords(this.#of(name).secondsFor(of - done));
  }

  #of(name: string): RateMeter {
    const meter = this.#byName.get(name) ?? new RateMeter();
    this.#byName.set(name, meter);
    return meter;
  }
}

class PlainProgress implements Progress {
  readonly #stream: NodeJS.WritableStream;
  #meters = new Meters();
  #state: WorkState | null = null;
  #timer: NodeJS.Timeout | null = null;
  #toldAtMs: number | null = null;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  show(state: WorkState): void {
    const isNews = (state.note ?? null) !== null && this.#state?.note !== state.note;
    this.#state = state;
    this.#meters.note(state);
    this.#timer ??= setInterval(this.#tell, LINE_MS).unref();
    if (this.#toldAtMs === null) this.#toldAtMs = performance.now();
    // Work that never pauses gives no timer its turn.
    if (isNews || performance.now() - this.#toldAtMs >= LINE_MS) this.#tell();
  }

  readonly above = (text: string): void => {
    this.#stream.write(text);
  };

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    [this.#timer, this.#state, this.#toldAtMs, this.#meters] = [null, null, null, new Meters()];
  }

  readonly #tell = (): void => {
    this.#toldAtMs = performance.now();
    if (this.#state !== null) this.#stream.write(`${forTerminal(stateLine(this.#state, this.#meters))}\n`);
  };
}

class LiveProgress implements Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #columns: number | null;
  #meters = new Meters();
  #state: WorkState | null = null;
  #timer: NodeJS.Timeout | null = null;
  #lines: LiveLines | null = null;

  constructor(stream: NodeJS.WriteStream, columns: number | null) {
    this.#stream = stream;
    this.#columns = columns;
  }

  show(state: WorkState): void {
    this.#state = state;
    this.#meters.note(state);
    if (this.#timer !== null) return;
    this.#timer = setInterval(this.#paint, REPAINT_MS).unref();
    this.#open().catch(() => undefined); // work goes on without being watched
  }

  readonly above = (text: string): void => {
    this.#lines?.clear();
    this.#stream.write(text);
    this.#paint();
  };

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#lines?.clear();
    [this.#timer, this.#state, this.#meters] = [null, null, new Meters()];
  }

  /** Loaded by the first work that has something to show: it takes 80 ms. */
  async #open(): Promise<void> {
    const { createLogUpdate } = await import('log-update');
    this.#lines ??= createLogUpdate(this.#stream, { showCursor: true });
    this.#paint();
  }

  readonly #paint = (): void => {
    if (this.#state === null || this.#lines === null) return;
    const columns = this.#columns ?? this.#stream.columns;
    const rows = Math.max(1, this.#stream.rows - ROWS_LEFT);
    const lines = stateLines(this.#state, this.#meters, columns, rows);
    this.#lines(lines.map((line) => cutText(forTerminal(line), columns - 1)).join('\n'));
  };
}

/** Kinds of counts that are shown before anything is counted; later ones stay out while they are 0. */
const COUNTS_ALWAYS = 3;

function countsShown({ counts }: WorkState): [string, number][] {
  return Object.entries(counts).filter(([, count], at) => at < COUNTS_ALWAYS || count !== 0);
}

/** All of it in one line: `crawl: found 120, fetched 58; 2.0/s, about 30 s left`. */
function stateLine(state: WorkState, meters: Meters): string {
  const { title, note, at, pause } = state;
  if ((note ?? null) !== null) return `${title}: ${note ?? ''}`;
  const left = meters.left('', state);
  const told = countsShown(state).map(([word, count]) => `${word} ${count}`);
  const pace = [meters.rate(''), left === '' ? '' : `about ${left} left`].filter((words) => words !== '');
  // What matters most comes first: a terminal may cut the line.
  return `${title}: ${[told.join(', '), pace.join(', '), pause ?? '', at ?? ''].filter((words) => words !== '').join('; ')}`;
}

/** At most `rows` lines: the work as a whole, and each part that there is room for, those that still go on first if not all fit. */
function stateLines(state: WorkState, meters: Meters, columns: number, rows: number): string[] {
  const { parts = [], note, pause } = state;
  if (parts.length < 2 || rows < 4 || (note ?? null) !== null) return [stateLine(state, meters)];
  const room = rows - 3;
  const shown = parts.length > room ? [...parts].sort((a, b) => restOf(b) - restOf(a)).slice(0, room) : parts;
  const words = countsShown(state).map(([word]) => word);
  const rowOf = (name: string, key: string, { counts, ...part }: Omit<WorkPart, 'name'>): Cell[] => [
    name,
    ...words.map((word) => counts[word] ?? 0),
    meters.rate(key),
    meters.left(key, part),
  ];
  const table = layOutTable(
    [
      [
        { title: state.title, cutTo: 12 },
        ...words.map((title, at) => (at < COUNTS_ALWAYS ? title : { title, drop: at })),
        { title: 'rate', drop: words.length },
        { title: 'left', drop: words.length + 1 },
      ],
      ...shown.map((part) => rowOf(part.name, part.name, part)),
      rowOf(parts.length > shown.length ? `all ${parts.length}` : 'all', '', state),
    ],
    columns - 1,
  );
  const below = pause === undefined ? [] : [pause];
  return [...table.slice(0, rows - below.length), ...below];
}

function restOf({ done, of }: WorkPart): number {
  return of === null ? 0 : of - done;
}
