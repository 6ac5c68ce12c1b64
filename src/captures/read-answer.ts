import type { FailedTry } from '../domain/page.js';
import { systemCodeOf } from '../platform/disk-error.js';
import { scanCaptureFile } from './scan-captures.js';

/** The facts of a captured response, apart from its interpretation. */
export interface CapturedAnswer {
  /** HTTP status; null where there was no answer, or the capture cannot be read any more. */
  readonly status: number | null;
  /** For a request without a response: its attempts, as far as the capture records them. */
  readonly tries: readonly FailedTry[];
}

const OUT_OF_REACH = ['ENOENT', 'EACCES', 'EPERM', 'EIO', 'EISDIR', 'ESTALE'];

/** The catalogue keeps what an answer meant; its status, and the attempts of one that did not come, stand in the capture. */
export async function readAnswer(
  dataDir: string,
  { kind, file, offset }: { readonly kind: string; readonly file: string; readonly offset: number },
): Promise<CapturedAnswer> {
  if (kind === 'notModified') return { status: 304, tries: [] };
  try {
    for await (const record of scanCaptureFile(dataDir, file, offset)) {
      if (record.kind === 'failure') return { status: record.status, tries: record.tries };
      return { status: record.kind === 'response' ? record.status : null, tries: [] };
    }
  } catch (error) {
    // A capture file that was moved away, or that the disk does not give, takes its status with it; everything else stays known.
    if (!OUT_OF_REACH.includes(systemCodeOf(error) ?? '')) throw error;
  }
  return { status: null, tries: [] };
}
