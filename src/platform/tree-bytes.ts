import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const PAGE_BYTES = 4_096;

/**
 * @param root  Pid of a process.
 * @returns     Resident memory of it and of all that it has started: what each has for itself and, once for each program, the largest part that
 *              one of its processes shares; 0 where the system does not tell (other than Linux). Takes less than a millisecond for a browser.
 */
export function treeBytes(root: number): number {
  if (process.platform !== 'linux') return 0;
  let own = 0;
  const shared = new Map<string, number>();
  const pids = [root];
  for (const pid of pids) {
    const [, resident = 0, sharing = 0] = numbersIn(`/proc/${pid}/statm`);
    own += resident - sharing;
    const program = whileThere(() => readlinkSync(`/proc/${pid}/exe`), '');
    shared.set(program, Math.max(shared.get(program) ?? 0, sharing));
    // Each thread has children of its own.
    const threads = whileThere(() => readdirSync(`/proc/${pid}/task`), []);
    for (const thread of threads) pids.push(...numbersIn(`/proc/${pid}/task/${thread}/children`));
  }
  return (own + [...shared.values()].reduce((sum, pages) => sum + pages, 0)) * PAGE_BYTES;
}

function numbersIn(path: string): number[] {
  const words = whileThere(() => readFileSync(path, 'utf8'), '').split(/\s+/);
  return words.flatMap((word) => (word === '' ? [] : Number(word)));
}

/** A process or a thread may end at any moment. */
function whileThere<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
