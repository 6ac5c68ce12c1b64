import { dirname, join } from 'node:path';
import { FatalError } from '../domain/errors.js';
import { privatePackage, type PrivatePackage } from '../platform/private-packages.js';
import { runProgram } from '../platform/run-program.js';

export interface RedisServer {
  /** Name or path of the program. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** Name or path of the program that examines append-only files. */
  readonly checkProgram: string;
}

/** Valkey is Redis' free successor and speaks the same. */
const SERVERS = [
  { name: 'redis-server', checkName: 'redis-check-aof' },
  { name: 'valkey-server', checkName: 'valkey-check-aof' },
] as const;
const LOOK_DEADLINE_MS = 10_000;

/**
 * Finds a Redis server: on PATH, or otherwise as a private copy of the system's package.
 *
 * @param cacheDir Where private copies are kept.
 * @param onProgress Receives a line about each slow step.
 * @throws {FatalError} `redis.missing` if none can be found.
 */
export async function findRedisServer(cacheDir: string, onProgress: (line: string) => void): Promise<RedisServer> {
  const broken: string[] = [];
  for (const { name, checkName } of SERVERS) {
    const trial = await runProgram(name, ['--version'], { deadlineMs: LOOK_DEADLINE_MS });
    if (trial.exitCode === 0) return { program: name, env: {}, checkProgram: checkName };
    if (trial.failure !== 'missing') broken.push(`${name}, which does not start (${whyEnded(trial)})`);
  }
  const reasons: unknown[] = [];
  for (const { name, checkName } of SERVERS) {
    try {
      const { program, env }: PrivatePackage = await privatePackage({ name, binary: name, cacheDir, onProgress });
      return { program, env, checkProgram: join(dirname(program), checkName) };
    } catch (error) {
      if (!(error instanceof FatalError)) throw error;
      reasons.push(error);
    }
  }
  const found = broken.length === 0 ? 'Found no Redis server on PATH' : `On PATH there is ${broken.join(' and ')}`;
  throw new FatalError(`${found}, and could not fetch one from a package archive`, {
    code: 'redis.missing',
    hint:
      broken.length === 0
        ? 'apt-get install redis-server, brew install redis, docker compose up redis, or set REDIS_URL'
        : 'Check the limits of this process (`ulimit -a`: open files, processes, memory) and run it by hand, or set REDIS_URL',
    cause: reasons[0],
  });
}

function whyEnded({ stderr, failure, exitCode }: Awaited<ReturnType<typeof runProgram>>): string {
  const [line = ''] = stderr.trim().split('\n');
  return line.slice(0, 200) || failure || `exit code ${exitCode ?? 'none'}`;
}
