import { readFileSync } from 'node:fs';
import { systemCodeOf } from './disk-error.js';

/**
 * Tells a process from a later one that got the same pid.
 *
 * @returns the start of the process in clock ticks after boot, in base 36 (Linux); `0` where the system does not tell; null if there is no
 *          such process, or only its exit status is left.
 */
export function processStartOf(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if (systemCodeOf(error) === 'ESRCH') return null;
  }
  if (process.platform !== 'linux') return '0';
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in parentheses and may hold anything; field 22 is the 20th behind it.
    const [state, ...fields] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? null : Number(fields[18] ?? 0).toString(36);
  } catch (error) {
    // The process ended between the two looks.
    if (['ENOENT', 'ESRCH'].includes(systemCodeOf(error) ?? '')) return null;
    throw error;
  }
}
