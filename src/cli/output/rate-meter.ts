/** The rate covers the last half minute, because an earlier rate says nothing about the remaining time. */
const WINDOW_MS = 30_000;
/** Over less time a rate is noise. */
const SPAN_MS_MIN = 1_000;

/** Tells from counts at moments how fast they grow, and how long the rest will take at that. */
export class RateMeter {
  /** Moment and count, oldest first; about two a second. */
  readonly #samples: { readonly atMs: number; readonly count: number }[] = [];

  /** @param count  Never less than before; less begins again. */
  note(count: number, atMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && count < last.count) this.#samples.length = 0;
    this.#samples.push({ atMs, count });
    while (this.#samples.length > 2 && atMs - (this.#samples[0]?.atMs ?? atMs) > WINDOW_MS) this.#samples.shift();
  }

  /** @returns so many a second; null: not to be told yet. */
  perSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.atMs - first.atMs < SPAN_MS_MIN) return null;
    return (1_000 * (last.count - first.count)) / (last.atMs - first.atMs);
  }

  /** @returns seconds until `rest` more are done; null: not to be told, or nothing moves. */
  secondsFor(rest: number): number | null {
    const rate = this.perSecond();
    return rate === null || rate === 0 ? null : rest / rate;
  }
}

/** @returns `2.4/s`, `40/min` for less than one a second; empty where nothing is known. */
export function rateWords(perSecond: number | null): string {
  if (perSecond === null) return '';
  if (perSecond >= 10) return `${Math.round(perSecond)}/s`;
  return perSecond >= 1 ? `${perSecond.toFixed(1)}/s` : `${Math.round(perSecond * 60)}/min`;
}

/** @returns `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`; empty where it is not known. */
export function durationWords(seconds: number | null): string {
  if (seconds === null) return '';
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
