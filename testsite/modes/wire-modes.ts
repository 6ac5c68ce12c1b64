import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

import type { ModeAction } from './mode-table.js';

const HTML = { 'content-type': 'text/html; charset=utf-8' };
const DRIP_TICKS_MAX = 10_000;

/** Cuts the connection before a byte of the answer: a reset, as some providers do. */
export const resetAtOnce: ModeAction = ({ request }) => {
  request.socket.resetAndDestroy();
};

/** Sends half of the page, then resets the connection. */
export const resetMidBody: ModeAction = ({ request, response, answer }) => {
  const body = Buffer.from(answer.body(), 'utf8');
  response.writeHead(200, { ...HTML, 'content-length': String(body.length + 1000) });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
    request.socket.resetAndDestroy();
  });
};

/** Promises more bytes than it sends, and closes in good order. */
export const shortBody: ModeAction = ({ request, response, answer }) => {
  const body = Buffer.from(answer.body(), 'utf8');
  response.writeHead(200, { ...HTML, 'content-length': String(body.length * 2) });
  response.write(body, () => {
    request.socket.end();
  });
};

/** Half of the page, in good order, as if a part had been asked for. */
export const partialContent: ModeAction = ({ response, answer }) => {
  const body = Buffer.from(answer.body(), 'utf8');
  const part = body.subarray(0, Math.floor(body.length / 2));
  response.writeHead(206, { ...HTML, 'content-range': `bytes 0-${part.length - 1}/${body.length}` });
  response.end(part);
};

function sendGzip(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { ...HTML, 'content-encoding': 'gzip', 'content-length': String(body.length) });
  response.end(body);
}

/** Compressed body that ends in the middle. */
export const truncatedGzip: ModeAction = ({ response, answer }) => {
  const whole = gzipSync(answer.body());
  sendGzip(response, whole.subarray(0, Math.floor(whole.length / 2)));
};

/** Says gzip and sends plain text. */
export const lyingGzip: ModeAction = ({ response, answer }) => {
  sendGzip(response, Buffer.from(answer.body(), 'utf8'));
};

/** Compressed body with a wrong checksum. */
export const corruptGzip: ModeAction = ({ response, answer }) => {
  const body = gzipSync(answer.body());
  body.writeUInt32LE(0xdeadbeef, body.length - 8);
  sendGzip(response, body);
};

/** A content encoding that nobody has asked for. */
export const unknownEncoding: ModeAction = ({ response, answer }) => {
  response.writeHead(200, { ...HTML, 'content-encoding': 'zstd' });
  response.end(answer.body());
};

/** About one megabyte that grows to one gigabyte: a hundred gzip members of ten megabytes of blanks. */
export const gzipBomb: ModeAction = ({ response }) => {
  bomb ??= Buffer.concat(Array<Buffer>(100).fill(gzipSync(Buffer.alloc(10 * 1024 * 1024, 0x20), { level: 9 })));
  sendGzip(response, bomb);
};

/** Made once, when it is first asked for. */
let bomb: Buffer | null = null;

/** A page of this many bytes, sent as fast as it is read. */
export function hugePage(bytes: number): ModeAction {
  return async ({ response }) => {
    response.writeHead(200, HTML);
    const chunk = Buffer.from('<p>more and more of the same</p>\n'.repeat(2000), 'utf8');
    for (let sent = 0; sent < bytes && !response.destroyed; sent += chunk.length) {
      if (!response.write(chunk)) await drained(response);
    }
    response.end();
  };
}

/** A body that goes on as long as the reader reads, at most 100 GB. */
export const endlessBody: ModeAction = hugePage(100 * 1024 ** 3);

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

/** One byte at a time, `everyMs` apart, until the reader gives up. */
export function slowDrip(everyMs: number): ModeAction {
  return ({ response, answer }) => {
    const body = Buffer.from(answer.body(), 'utf8');
    response.writeHead(200, { ...HTML, 'content-length': String(body.length) });
    let at = 0;
    const timer = setInterval(() => {
      if (response.destroyed || at >= Math.min(body.length, DRIP_TICKS_MAX)) {
        clearInterval(timer);
        response.destroy();
        return;
      }
      response.write(body.subarray(at, at + 1));
      at += 1;
    }, everyMs);
    response.once('close', () => {
      clearInterval(timer);
    });
  };
}

/** Takes the request and never answers. The connection lasts until the reader, or `stop`, ends it. */
export const silence: ModeAction = () => undefined;

/** Bytes that are no HTTP. */
export const garbage: ModeAction = ({ request }) => {
  request.socket.end('\u0000\u0001\u0002 this is no answer\r\n\r\n');
};

/** Response headers of a megabyte. */
export const hugeHeaders: ModeAction = ({ request }) => {
  const lines = Array.from({ length: 1000 }, (_, index) => `x-filler-${index}: ${'a'.repeat(1000)}\r\n`).join('');
  request.socket.end(`HTTP/1.1 200 OK\r\n${lines}content-length: 2\r\n\r\nok`);
};

/** An answer as bytes, head and body, so that it can be something that Node's server would not send. */
function rawAnswer(headers: readonly string[], body: Buffer): Buffer {
  const head = ['HTTP/1.1 200 OK', 'content-type: text/html; charset=utf-8', ...headers, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

const lengthOf = (body: Buffer): string => `content-length: ${body.length}`;

/** Says a hundred thousand times that it will go on, before it does. */
export const manyContinues: ModeAction = ({ request, answer }) => {
  const body = Buffer.from(answer.body(), 'utf8');
  request.socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100_000));
  request.socket.end(rawAnswer([lengthOf(body)], body));
};

/** Two lengths that differ: where this answer ends is anybody's guess. */
export const twoLengths: ModeAction = ({ request, answer }) => {
  const body = Buffer.from(answer.body(), 'utf8');
  request.socket.end(rawAnswer([lengthOf(body), 'content-length: 20'], body));
};

/** The page, and behind it one more that nobody has asked for, which the next request must not be given. */
export const secondAnswer: ModeAction = ({ request, answer }) => {
  const body = Buffer.from(answer.body(), 'utf8');
  const other = Buffer.from('<html><body><h1>Another page</h1></body></html>');
  request.socket.write(Buffer.concat([rawAnswer([lengthOf(body)], body), rawAnswer([lengthOf(other)], other)]));
};

/** The page in one chunk, and three megabytes of headers after it. */
export const endlessTrailers: ModeAction = ({ request, answer }) => {
  const body = Buffer.from(answer.body(), 'utf8');
  const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n')]);
  request.socket.write(rawAnswer(['transfer-encoding: chunked'], chunk));
  const lines = Array.from({ length: 3_000 }, (_, index) => `x-filler-${index}: ${'a'.repeat(1_000)}\r\n`).join('');
  request.socket.end(`${lines}\r\n`);
};
