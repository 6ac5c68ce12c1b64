/** Ends a process with all of its group at once; does nothing where they have ended. */
export function killGroup(pid: number): void {
  try {
    if (pid > 1) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
