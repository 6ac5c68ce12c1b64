import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * Limits in bytes of resident memory. A page may add `pageMax` to that of the driver and the browser after their start.
 * If the service and all that it has started take more than `treeMax`, a page may add only `pageMin`, because the
 * browser is the part that can be spared; an honest page of 2 MB is still read.
 *
 * What a page adds includes 40 MB for processes that the browser starts with its first page; a page of 500 KB of text
 * adds 20 to 30 MB more, one of 2 MB 100. No flag of the browser limits the memory that a page takes outside the heap of
 * its scripts (buffers, elements).
 */
const LIMITS = { pageMax: 220_000_000, pageMin: 160_000_000, treeMax: 720_000_000 };
/** A page that fills a gigabyte a second has some 50 MB more before that is seen. */
const MEMORY_LOOK_MS = 25;

/**
 * Calls `end` once when the driver and its browser have grown by more than a page may add. Both the driver and the service look: one of them alone
 * may be busy with what the page says, or with other pages, and would see it late.
 *
 * @param driver   Pid of the driver.
 * @param service  Pid of the process that started the driver.
 */
export function whenLarge(
  driver: number,
  service: number,
  end: () => void,
  { pageMax, pageMin, treeMax } = LIMITS,
): NodeJS.Timeout {
  const bytesBefore = treeBytes(driver);
  const timer = setInterval(() => {
    const grownBytes = treeBytes(driver) - bytesBefore;
    if (grownBytes <= pageMin) return;
    if (grownBytes <= pageMax && treeBytes(service) <= treeMax) return;
    clearInterval(timer);
    end();
  }, MEMORY_LOOK_MS);
  return timer.unref();
}

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
