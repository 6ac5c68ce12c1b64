import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Answer } from '../render/page-answer.js';

/** What a mode sees of a request; it writes the whole answer itself, or cuts the connection. */
export interface ModeContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly edition: string;
  /** Path with query. */
  readonly target: string;
  /** What the site would have said. */
  readonly answer: Answer;
  /** Says it, with compression and validators as usual. */
  readonly sendUsual: () => void;
}

export type ModeAction = (context: ModeContext) => void | Promise<void>;

/** Which requests a mode falls upon: all of an edition's, or those whose path (with query) fits. */
export interface ModeTarget {
  readonly edition?: string;
  /** A string fits if the path begins with it. */
  readonly path?: string | RegExp;
}

export interface ModeWindow {
  /** So many requests, then the mode has passed; default: all. */
  readonly times?: number;
  /** In force from this instant … default: at once. */
  readonly from?: number;
  /** … until before this one; default: for good. */
  readonly until?: number;
}

interface Entry {
  readonly target: ModeTarget;
  readonly window: ModeWindow;
  readonly action: ModeAction;
  left: number;
}

function fits(target: ModeTarget, edition: string, path: string): boolean {
  if (target.edition !== undefined && target.edition !== edition) return false;
  if (target.path === undefined) return true;
  return typeof target.path === 'string' ? path.startsWith(target.path) : target.path.test(path);
}

/** The modes in force; the newest that fits a request decides. */
export class ModeTable {
  #entries: Entry[] = [];

  /** @returns a function that ends the mode. */
  add(target: ModeTarget, action: ModeAction, window: ModeWindow = {}): () => void {
    const entry: Entry = { target, window, action, left: window.times ?? Number.POSITIVE_INFINITY };
    this.#entries.unshift(entry);
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry);
    };
  }

  clear(): void {
    this.#entries = [];
  }

  /** @returns the mode that falls upon this request, counted as used; null: the site answers as usual. */
  take(edition: string, path: string, now: number): ModeAction | null {
    const found = this.#entries.find(
      ({ target, window, left }) =>
        left > 0 &&
        (window.from ?? Number.NEGATIVE_INFINITY) <= now &&
        now < (window.until ?? Number.POSITIVE_INFINITY) &&
        fits(target, edition, path),
    );
    if (found === undefined) return null;
    found.left -= 1;
    return found.action;
  }
}
