import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

/** Compressed bytes that are worked on at once; gzip expands them at most 1,032 times. */
const STEP_BYTES = 16_384;

/**
 * Reads a file chunk by chunk, decompressed if its first bytes are those of gzip (any number of members).
 *
 * What comes before damage is given before the error of zlib or the file system is thrown, except for the last {@link STEP_BYTES} that
 * zlib had decompressed but not given away.
 */
export async function openByteStream(path: string): Promise<AsyncIterable<Buffer>> {
  const file = await open(path, 'r');
  const start = Buffer.alloc(2);
  try {
    await file.read(start, 0, 2, 0);
  } finally {
    await file.close();
  }
  const bytes = createReadStream(path, { highWaterMark: STEP_BYTES }) as AsyncIterable<Buffer>;
  return start[0] === 0x1f && start[1] === 0x8b ? gunzipped(bytes) : bytes;
}

async function* gunzipped(compressed: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ chunkSize: STEP_BYTES });
  const failed = new Promise<Error>((resolve) => gunzip.once('error', resolve));
  let ready: Buffer[] = [];
  gunzip.on('data', (chunk: Buffer) => ready.push(chunk));
  try {
    for await (const chunk of compressed) {
      const written = new Promise<undefined>((resolve) => {
        gunzip.write(chunk, () => {
          resolve(undefined);
        });
      });
      const error = await Promise.race([written, failed]);
      yield* ready;
      ready = [];
      if (error) throw error;
    }
    const ended = new Promise<undefined>((resolve) => {
      gunzip.once('end', () => {
        resolve(undefined);
      });
    });
    gunzip.end();
    const error = await Promise.race([ended, failed]);
    yield* ready;
    if (error) throw error;
  } finally {
    gunzip.destroy();
  }
}
