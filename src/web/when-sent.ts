import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_MS = 10;

/**
 * Waits before the body of an answer is destroyed, because that throws away what its reader has not taken yet.
 *
 * @returns when the reader has been sent everything that the body holds, or nobody reads it any more.
 */
export async function whenSent(body: Readable, response: ServerResponse): Promise<void> {
  while (!body.destroyed && body.readableLength + response.writableLength > 0) await pause(LOOK_MS);
}
