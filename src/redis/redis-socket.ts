import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FatalError } from '../domain/errors.js';

/** sun_path holds 108 bytes on Linux, 104 on macOS, one of them the final zero. */
const SOCKET_PATH_BYTES_MAX = 103;

/**
 * Chooses where the embedded server of a data directory listens: beside its data, or, where that path is too long for a unix socket,
 * in a folder of this user's under the system's folder for temporary files, named by a hash of the data directory.
 *
 * @param folder  Absolute path of the server's own folder.
 * @throws {FatalError} `redis.socketUnsafe` if somebody else owns that temporary folder.
 */
export async function chooseSocketPath(folder: string): Promise<string> {
  const beside = join(folder, 'redis.sock');
  if (Buffer.byteLength(beside) <= SOCKET_PATH_BYTES_MAX) return beside;
  const userId = process.getuid?.() ?? 0;
  const hash = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const privateFolder = join(tmpdir(), `sputnik-${userId}-${hash}`);
  await mkdir(privateFolder, { recursive: true, mode: 0o700 });
  const found = await lstat(privateFolder);
  if (!found.isDirectory() || found.uid !== userId) {
    throw new FatalError(`Wanted a private folder ${privateFolder} for Redis, found one that is not ours`, {
      code: 'redis.socketUnsafe',
      hint: 'use a shorter path for dataDir, or another TMPDIR',
    });
  }
  await chmod(privateFolder, 0o700);
  return join(privateFolder, 'redis.sock');
}

/**
 * Sends one command over a connection of its own.
 *
 * @param command  Words without spaces, `PING`.
 * @returns        The first line of the answer, without its line end; null if nobody listens, or the connection ends or stays silent
 *                 for `waitMs` before there is one.
 */
export function askRedis(socketPath: string, command: string, waitMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const connection = createConnection(socketPath);
    let answer = '';
    const finish = (line: string | null): void => {
      connection.destroy();
      resolve(line);
    };
    connection.setTimeout(waitMs, () => {
      finish(null);
    });
    connection.on('connect', () => connection.write(`${command}\r\n`));
    connection.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      const end = answer.indexOf('\r\n');
      if (end !== -1) finish(answer.slice(0, end));
    });
    connection.on('error', () => {
      finish(null);
    });
    connection.on('close', () => {
      finish(null);
    });
  });
}
