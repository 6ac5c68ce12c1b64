import { createHash } from 'node:crypto';
import { isAnswer } from '../../captures/decode-record.js';
import { readWholeCaptures, type WholeRecord } from '../../captures/scan-captures.js';
import type { RecordSurvey } from './check-records.js';
import type { FaultList } from './fault.js';

/** Reads every capture, its body included, and checks that every record's capture is there. @returns how many were read. */
export async function checkCaptures(
  dataDir: string,
  survey: RecordSurvey,
  bodyBytesMax: number,
  faults: FaultList,
  onRead: (count: number) => void = () => undefined,
): Promise<number> {
  const wanted = new Map(survey.captures);
  let count = 0;
  for await (const { record, state } of readWholeCaptures(dataDir, { bodyBytesMax })) {
    const location = `${record.file}@${record.offset}`;
    if (record.kind === 'damaged') faults.add('capture.damaged', location, `${record.detail}; ${record.length} bytes`);
    if (!isAnswer(record)) continue;
    count += 1;
    onRead(count);
    checkBody(record.reference.sha256, state, location, faults);
    const named = wanted.get(location);
    wanted.delete(location);
    if (named && named.capture.sha256 !== record.reference.sha256) {
      faults.add('record.captureDiffers', named.path, `${location} holds another page`);
    }
  }
  for (const [location, { path }] of wanted)
    faults.add('record.captureMissing', path, `no capture stands at ${location}`);
  return count;
}

function checkBody(sha256: string, state: WholeRecord['state'], location: string, faults: FaultList): void {
  if (state.kind === 'broken') {
    faults.add('capture.damaged', location, 'its bytes are not those that were written');
    return;
  }
  // What the site sent may be broken, too long or in an unknown encoding: kept as received, and no damage of ours.
  if (state.body === null) return;
  const found = createHash('sha256').update(state.body).digest('hex');
  if (found !== sha256) faults.add('capture.damaged', location, 'the body does not fit its digest');
}
