import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_DIR } from './package-dir.js';

/**
 * Starts one of the program's bundles as a separate process that exchanges messages with this one. The child does not
 * receive the terminal's signals, and does not run in the working directory of this process, which may have been
 * deleted.
 *
 * @param flags V8 flags: the bounds of its heap.
 */
export function forkProgram(name: 'answer-requests' | 'browser-driver', flags: readonly string[]): ChildProcess {
  return fork(join(PACKAGE_DIR, 'dist/program', `${name}.cjs`), [], {
    cwd: PACKAGE_DIR,
    execArgv: [...flags],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
  });
}

/** Told to a process that has ended meanwhile, a message is lost with it. */
export function tellChild(child: ChildProcess, message: object): void {
  if (child.connected) child.send(message, () => undefined);
}

/** Told to a process that has ended meanwhile, a message is heard by nobody: it is about to end this one, too. */
export function tellParent(message: object): void {
  if (process.connected) process.send?.(message);
}

/** Ends a process with all of its group at once; does nothing where they have ended. */
export function killGroup(pid: number): void {
  try {
    if (pid > 1) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
