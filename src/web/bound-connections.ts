import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Bounds the connections of a server. One too many ends the one that has waited longest for its next request, the newcomer itself where all
 * others are being answered: whoever opens connections and asks nothing ends his own, and a probe still gets in.
 */
export function boundConnections(server: Server, connectionsMax: number): void {
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
    if (open.size <= connectionsMax) return;
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
}
