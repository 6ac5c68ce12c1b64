import { DEFAULT_DEDUPE_SETTINGS } from '../../dedupe/neighbour-index.js';
import { Closers } from '../../platform/closers.js';
import { acquireDataDirLock } from '../../platform/data-dir-lock.js';
import { openForReading } from '../../store/catalogue/open-database.js';
import { catalogueDigest } from '../../store/verify/catalogue-digest.js';
import { verifyStore, type VerifyProgress, type VerifyReport } from '../../store/verify/verify-store.js';
import { openInterpreter } from '../harvester/open-interpreter.js';
import type { Runtime } from '../harvester/runtime.js';

export interface DataReport extends VerifyReport {
  /** SHA-256 of each table that the catalogue derives from files and captures, lower-case hex; null: no catalogue. */
  readonly catalogueDigest: Readonly<Record<string, string>> | null;
}

export interface VerifyRequest extends Runtime {
  readonly repair: boolean;
  readonly onProgress: (progress: VerifyProgress) => void;
}

/**
 * Reads everything that is stored and says what is wrong; mends what can be derived when `repair` is set.
 *
 * Without `repair` it takes no lock and may run beside a service, whose writes of this very moment it may then report.
 *
 * @throws {FatalError} `lock.held` when a repair is asked for while another process works in the directory.
 */
export async function verifyData({ repair, onProgress, ...runtime }: VerifyRequest): Promise<DataReport> {
  const { config, clock, log } = runtime;
  const { dataDir } = config;
  const closers = new Closers(log);
  return closers.closeAfter(async () => {
    if (repair) {
      const lock = await acquireDataDirLock(dataDir, { purpose: 'verify', command: 'sputnik verify --repair', clock });
      closers.push('lock', () => {
        lock.release();
      });
    }
    const report = await verifyStore({
      dataDir,
      repair,
      interpret: openInterpreter(runtime, closers).interpret,
      dedupe: { ...DEFAULT_DEDUPE_SETTINGS, ...config.dedupe },
      bodyBytesMax: config.politeness.bodyBytesMax,
      log,
      onProgress,
    });
    return { ...report, catalogueDigest: digestOf(dataDir) };
  });
}

function digestOf(dataDir: string): Readonly<Record<string, string>> | null {
  const database = openForReading(dataDir);
  if (database === null) return null;
  try {
    return catalogueDigest(database);
  } finally {
    database.close();
  }
}
