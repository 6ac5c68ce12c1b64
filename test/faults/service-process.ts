import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CrashPointName } from '../../src/platform/crash-points.js';
import type { Workplace } from '../integration/program/run-sputnik.js';
import { follow, type RunningProgram } from './faulty-program.js';

const PROGRAM = fileURLToPath(new URL('./processes/service.js', import.meta.url));

/** A moment at which a process is killed with SIGKILL, when it is reached for the nth time. */
export interface Crash {
  readonly point: CrashPointName;
  readonly nth: number;
}

/** Starts parts of the service, with a moment that only a test can give it. @param prefix  Of the command: what it is started by. */
export function startService(
  { configFile, dataDir }: Workplace,
  parts: readonly string[],
  variables: Readonly<Record<string, string>>,
  crash?: Crash,
  prefix: readonly string[] = [],
): RunningProgram {
  const words = [...prefix, process.execPath, PROGRAM, JSON.stringify({ configFile, dataDir, parts, crash })];
  const [program = '', ...rest] = words;
  return follow(spawn(program, rest, { detached: true, env: { ...process.env, ...variables } }));
}
