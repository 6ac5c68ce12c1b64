import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CrashPointName } from '../../src/platform/crash-points.js';
import type { QuarantineAction } from '../../src/queue/page-jobs.js';
import type { QuarantinedPage } from '../../src/store/catalogue/quarantine-table.js';
import type { Workplace } from '../integration/program/run-sputnik.js';
import { follow, type RunningProgram } from './faulty-program.js';

const PROGRAM = fileURLToPath(new URL('./processes/harvester.js', import.meta.url));

export interface HarvesterFaults {
  /** Killed with SIGKILL when the moment is reached for the nth time. */
  readonly crash?: { readonly point: CrashPointName; readonly nth: number };
  /** The clock that the program is given jumps by so much when it has run for so long. */
  readonly jumps?: readonly { readonly afterMs: number; readonly byMs: number }[];
  /** Fetches everything again, due or not; default true. */
  readonly refetch?: boolean;
  /** How long a crawl is its process's own without a sign of life, and how often others look; default: the usual ones. */
  readonly crawlTimes?: { readonly lockDuration: number; readonly stalledInterval: number };
  /** In place of a crawl. */
  readonly decision?: { readonly action: QuarantineAction; readonly pages: readonly QuarantinedPage[] };
}

/** Starts a crawl, or a decision about quarantined pages, with faults that only a test can give it. */
export function startHarvester({ configFile, dataDir }: Workplace, faults: HarvesterFaults): RunningProgram {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify({ configFile, dataDir, ...faults })], {
    detached: true,
  });
  return follow(child);
}
