import { hash } from 'node:crypto';
import { isAnswer } from '../../captures/decode-record.js';
import { readRecordAt, type CaptureLimits } from '../../captures/read-capture.js';
import { readWholeCaptures, type CaptureShare, type WholeRecord } from '../../captures/scan-captures.js';
import type { CaptureReference } from '../../domain/article.js';
import { systemCodeOf } from '../../platform/disk-error.js';
import type { RecordSurvey } from './check-records.js';
import { FaultList, type Fault, type FaultCode } from './fault.js';

/** What reading captures told. Plain data, since it crosses threads. */
export interface CaptureFindings {
  /** Captures that were read. */
  readonly count: number;
  readonly faults: readonly Fault[];
  readonly faultsByCode: Partial<Record<FaultCode, number>>;
  /** Digest of the body of each answer, by file and offset. */
  readonly digests: ReadonlyMap<string, ReadonlyMap<number, string>>;
}

/** Captures that are read before it is told how many they were. */
const TOLD_EVERY = 100;

/**
 * Reads every capture of a share, its body included.
 *
 * @param onRead  Told now and then how many were read.
 */
export async function readCaptures(
  dataDir: string,
  limits: CaptureLimits,
  share: CaptureShare | null,
  onRead: (count: number) => void,
): Promise<CaptureFindings> {
  const faults = new FaultList();
  const digests = new Map<string, Map<number, string>>();
  let count = 0;
  for await (const { record, state } of readWholeCaptures(dataDir, limits, share)) {
    const { file, offset } = record;
    const location = `${file}@${offset}`;
    if (record.kind === 'damaged') faults.add('capture.damaged', location, `${record.detail}; ${record.length} bytes`);
    if (!isAnswer(record)) continue;
    count += 1;
    if (count % TOLD_EVERY === 0) onRead(count);
    const { sha256 } = record.reference;
    checkBody(sha256, state, location, faults);
    const ofFile = digests.get(file) ?? new Map<number, string>();
    digests.set(file, ofFile.set(offset, sha256));
  }
  onRead(count);
  return { count, faults: faults.faults, faultsByCode: faults.byCode(), digests };
}

function checkBody(sha256: string, state: WholeRecord['state'], location: string, faults: FaultList): void {
  if (state.kind === 'broken') {
    faults.add('capture.damaged', location, 'its bytes are not those that were written');
    return;
  }
  // What the site sent may be broken, too long or in an unknown encoding: kept as received, and no damage of ours.
  if (state.body === null) return;
  if (hash('sha256', state.body) !== sha256)
    faults.add('capture.damaged', location, 'the body does not fit its digest');
}

/**
 * Reports what is wrong with the captures, and checks that the capture of every record exists.
 *
 * @param bytesOf Length of each capture file before any was read; captures that a crawl has appended since are looked
 * up one by one.
 */
export function checkCaptures(
  dataDir: string,
  { captures }: RecordSurvey,
  findings: CaptureFindings,
  bytesOf: ReadonlyMap<string, number>,
  faults: FaultList,
): void {
  faults.include(findings.faults, findings.faultsByCode);
  for (const { path, capture } of captures) {
    const { file, offset } = capture;
    const isLater = offset >= (bytesOf.get(file) ?? 0);
    const sha256 = findings.digests.get(file)?.get(offset) ?? (isLater ? digestAt(dataDir, capture) : null);
    const location = `${file}@${offset}`;
    if (sha256 === null) faults.add('record.captureMissing', path, `no capture stands at ${location}`);
    else if (sha256 !== capture.sha256) faults.add('record.captureDiffers', path, `${location} holds another page`);
  }
}

function digestAt(dataDir: string, capture: CaptureReference): string | null {
  try {
    const record = readRecordAt(dataDir, capture);
    return record !== null && isAnswer(record) ? record.reference.sha256 : null;
  } catch (error) {
    if (['ENOENT', 'capture.notPermitted'].includes(systemCodeOf(error) ?? '')) return null;
    throw error;
  }
}
