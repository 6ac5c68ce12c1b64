import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_DIR } from './package-dir.js';

/**
 * Starts a bundle of ours as a process of its own, which exchanges messages with this one. Signals of the terminal are not its own, nor is the
 * folder that this one was started in, which may be gone.
 *
 * @param flags  Of V8: the bounds of its heap.
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
