import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface ConnectionBounds {
  readonly connectionsMax: number;
  /** Who has not taken what waits for him after so long, and a second more for each {@link bytesPerSecondMin} that he was sent, is cut off. */
  readonly patienceMs: number;
  readonly bytesPerSecondMin: number;
}

const LOOK_MS = 1_000;

/**
 * Bounds the connections of a server. One too many ends the one that has waited longest for its next request, the newcomer itself where all
 * others are being answered: whoever opens connections and asks nothing ends his own, and a probe still gets in. Whoever takes his answer byte
 * by byte is cut off.
 */
export function boundConnections(server: Server, bounds: ConnectionBounds, lookMs = LOOK_MS): void {
  const open = new Set<Socket>();
  // Sets keep the order of insertion: the first has waited longest.
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
  /** Answers, with when and at how many bytes their reader was last seen to have taken all. */
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
