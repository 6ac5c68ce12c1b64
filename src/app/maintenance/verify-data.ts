import { DEFAULT_DEDUPE_SETTINGS } from '../../dedupe/neighbour-index.js';
import { Closers } from '../../platform/closers.js';
import { acquireDataDirLock } from '../../platform/data-dir-lock.js';
import { verifyStore, type VerifyProgress, type VerifyReport } from '../../store/verify/verify-store.js';
import { readCapturesOnThreads } from '../../workers/read-captures-on-threads.js';
import type { Runtime } from '../harvester/runtime.js';

interface VerifyRequest extends Runtime {
  readonly repair: boolean;
  readonly onProgress: (progress: VerifyProgress) => void;
}

/**
 * Reads everything that is stored and reports what is wrong; with `repair` it also repairs what can be derived. Without
 * `repair` it takes no lock and may run beside a service; it may then report a write that is in progress.
 *
 * @throws {FatalError} `lock.held` when a repair is asked for while another process works in the directory.
 */
export async function verifyData({ repair, onProgress, ...runtime }: VerifyRequest): Promise<VerifyReport> {
  const { config, clock, log } = runtime;
  const { dataDir } = config;
  const { bodyBytesMax } = config.politeness;
  const closers = new Closers(log);
  return closers.closeAfter(async () => {
    const options = {
      dataDir,
      dedupe: { ...DEFAULT_DEDUPE_SETTINGS, ...config.dedupe },
      bodyBytesMax,
      readAllCaptures: (onRead: (count: number) => void, signal: AbortSignal) =>
        readCapturesOnThreads(dataDir, { bodyBytesMax }, onRead, signal),
      log,
      onProgress,
    };
    if (!repair) return verifyStore({ ...options, repair });
    const lock = await acquireDataDirLock(dataDir, { purpose: 'verify', command: 'sputnik verify --repair', clock });
    closers.push('lock', lock.release);
    const { openInterpreter } = await import('../harvester/open-interpreter.js');
    const { interpret } = openInterpreter({ ...runtime, isBulk: true }, closers);
    return verifyStore({ ...options, repair, interpret });
  });
}
