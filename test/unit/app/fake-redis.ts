import { createServer, type AddressInfo } from 'node:net';

export interface FakeRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** Says as much as a client asks for before its first command, and its version; nothing else. */
export async function startFakeRedis(version: string): Promise<FakeRedis> {
  const info = `redis_version:${version}\r\nloading:0\r\n`;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      for (const command of bytes
        .toString()
        .toLowerCase()
        .split(/\*\d+\r\n/)
        .slice(1)) {
        if (command.includes('\r\ninfo\r\n')) socket.write(`$${info.length}\r\n${info}\r\n`);
        else socket.write(command.includes('\r\nping\r\n') ? '+PONG\r\n' : '+OK\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
}
