import { once } from 'node:events';

/**
 * Sends pieces to standard output as fast as it takes them.
 *
 * @returns bytes sent. Memory is bounded by the longest piece and the stream's own buffer.
 */
export async function writeOut(
  stream: NodeJS.WritableStream,
  chunks: AsyncIterable<string | Uint8Array>,
): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += Buffer.byteLength(chunk);
    if (!stream.write(chunk)) await once(stream, 'drain');
  }
  return bytes;
}
