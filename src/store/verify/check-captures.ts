import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isSoundMember } from '../../captures/gzip-member.js';
import { readCapture } from '../../captures/read-capture.js';
import { isAnswer, scanCaptures, type ScannedAnswer } from '../../captures/scan-captures.js';
import { PermanentError } from '../../domain/errors.js';
import type { RecordSurvey } from './check-records.js';
import type { FaultList } from './fault.js';

/** Reads every capture, its body included, and checks that every record's capture is there. @returns how many were read. */
export async function checkCaptures(
  dataDir: string,
  survey: RecordSurvey,
  bodyBytesMax: number,
  faults: FaultList,
): Promise<number> {
  const wanted = new Map(survey.captures);
  let count = 0;
  for await (const record of scanCaptures(dataDir)) {
    const place = `${record.file}@${record.offset}`;
    if (record.kind === 'damaged') faults.add('capture.damaged', place, `${record.detail}; ${record.length} bytes`);
    if (!isAnswer(record)) continue;
    count += 1;
    checkBody(dataDir, record, place, bodyBytesMax, faults);
    const named = wanted.get(place);
    wanted.delete(place);
    if (named && named.capture.sha256 !== record.reference.sha256) {
      faults.add('record.captureDiffers', named.path, `${place} holds another page`);
    }
  }
  for (const [place, { path }] of wanted) faults.add('record.captureMissing', path, `no capture stands at ${place}`);
  return count;
}

function checkBody(
  dataDir: string,
  record: ScannedAnswer,
  place: string,
  bodyBytesMax: number,
  faults: FaultList,
): void {
  try {
    const capture = readCapture(dataDir, record.reference, { bodyBytesMax });
    if (capture.kind !== 'response') return;
    const sha256 = createHash('sha256').update(capture.body).digest('hex');
    if (sha256 !== record.reference.sha256) faults.add('capture.damaged', place, 'the body does not fit its digest');
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    // What the site sent may be broken, too long or in an unknown encoding: kept as received, and no damage of ours.
    if (!isWhole(dataDir, record)) faults.add('capture.damaged', place, error.message);
  }
}

/** Whether the record's bytes are those that were written: the checksum of its gzip member fits. */
function isWhole(dataDir: string, { file, offset, length }: ScannedAnswer): boolean {
  const descriptor = openSync(join(dataDir, file), 'r');
  try {
    const member = Buffer.alloc(length);
    return readSync(descriptor, member, 0, length, offset) === length && isSoundMember(member);
  } finally {
    closeSync(descriptor);
  }
}
