import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface ConnectionBounds {
  readonly connectionsMax: number;
  /** A reader that has not taken its answer after this time is cut off. It gets one more second for each {@link bytesPerSecondMin} that it was sent. */
  readonly patienceMs: number;
  readonly bytesPerSecondMin: number;
}

const LOOK_MS = 1_000;

/**
 * Limits the number of connections of a server. If there is one too many, the connection that has waited longest for its next request is
 * ended; if all others are being answered, the new one is. So a client that opens many connections without a request ends its own, and a
 * probe still gets in. A reader that takes its answer byte by byte is cut off.
 */
export function boundConnections(server: Server, bounds: ConnectionBounds, lookMs = LOOK_MS): void {
  const open = new Set<Socket>();
  // Sets keep the order of insertion, so the first has waited longest.
  const waiting = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    waiting.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      waiting.delete(socket);
    });
    if (open.size <= bounds.connectionsMax) return;
    const [longest = socket] = waiting;
    open.delete(longest);
    waiting.delete(longest);
    longest.destroy();
  });
  server.on('request', ({ socket }, response) => {
    waiting.delete(socket);
    response.once('close', () => {
      if (open.has(socket)) waiting.add(socket);
    });
  });
  cutOffSlowReaders(server, bounds, lookMs);
}

function cutOffSlowReaders(server: Server, { patienceMs, bytesPerSecondMin }: ConnectionBounds, lookMs: number): void {
  /** Answers under way, and when and at how many bytes their reader had last taken everything. */
  const underWay = new Map<ServerResponse, { readonly socket: Socket; sinceMs: number; bytes: number }>();
  server.on('request', ({ socket }, response) => {
    underWay.set(response, { socket, sinceMs: performance.now(), bytes: socket.bytesWritten });
    response.once('close', () => underWay.delete(response));
  });
  const timer = setInterval(() => {
    const nowMs = performance.now();
    for (const taken of underWay.values()) {
      const { socket, sinceMs, bytes } = taken;
      if (socket.writableLength === 0) Object.assign(taken, { sinceMs: nowMs, bytes: socket.bytesWritten });
      else if (nowMs - sinceMs > patienceMs + ((socket.bytesWritten - bytes) / bytesPerSecondMin) * 1_000)
        socket.destroy();
    }
  }, lookMs).unref();
  server.once('close', () => {
    clearInterval(timer);
  });
}
