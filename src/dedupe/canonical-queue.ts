import { compareCanonically } from './canonical-order.js';
import type { Entry } from './neighbour-index.js';

/** A binary heap of entries that gives them out in canonical order, each key once for good. */
export class CanonicalQueue {
  private readonly heap: Entry[] = [];
  private readonly seen = new Set<string>();

  /** Takes an entry in, unless its key was ever taken in before. */
  push(entry: Entry): void {
    if (this.seen.has(entry.key)) return;
    this.seen.add(entry.key);
    this.heap.push(entry);
    for (let child = this.heap.length - 1; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.swapIfBefore(child, parent)) break;
      child = parent;
    }
  }

  /** @returns the first entry in canonical order, or null when there is none. */
  pop(): Entry | null {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (first === undefined || last === undefined) return null;
    if (this.heap.length > 0) {
      this.heap[0] = last;
      for (let parent = 0; ;) {
        const left = 2 * parent + 1;
        const right = left + 1;
        const child = this.isBefore(right, left) ? right : left;
        if (!this.swapIfBefore(child, parent)) break;
        parent = child;
      }
    }
    return first;
  }

  private isBefore(i: number, j: number): boolean {
    const [a, b] = [this.heap[i], this.heap[j]];
    return a !== undefined && b !== undefined && compareCanonically(a, b) < 0;
  }

  private swapIfBefore(i: number, j: number): boolean {
    const [a, b] = [this.heap[i], this.heap[j]];
    if (a === undefined || b === undefined || compareCanonically(a, b) >= 0) return false;
    this.heap[i] = b;
    this.heap[j] = a;
    return true;
  }
}
