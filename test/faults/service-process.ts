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

/** Starts parts of the service, with a moment that only a test can give it. */
export function startService(
  { configFile, dataDir }: Workplace,
  parts: readonly string[],
  variables: Readonly<Record<string, string>>,
  crash?: Crash,
): RunningProgram {
  const words = [PROGRAM, JSON.stringify({ configFile, dataDir, parts, crash })];
  return follow(spawn(process.execPath, words, { detached: true, env: { ...process.env, ...variables } }));
}
