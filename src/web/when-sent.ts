import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_MS = 10;

/**
 * Whoever destroys the body of an answer throws away what its reader has not taken yet.
 *
 * @returns once everything that the body was given has gone to its reader, or nobody reads it any more.
 */
export async function whenSent(body: Readable, response: ServerResponse): Promise<void> {
  while (!body.destroyed && body.readableLength + response.writableLength > 0) await pause(LOOK_MS);
}
