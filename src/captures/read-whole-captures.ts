import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { PermanentError } from '../domain/errors.js';
import { listCaptureFiles } from './capture-files.js';
import { decodeBody } from './decode-body.js';
import { decodeRecord, splitRecord } from './decode-record.js';
import { gunzipMember, isZlibError } from './gzip-member.js';
import { MemberReader, type Span } from './member-reader.js';
import type { NamedFields } from './named-fields.js';
import type { CaptureLimits } from './read-capture.js';
import { scanSpan, toScanned, type ScannedRecord } from './scan-captures.js';

/** One record of the captures folder, read to its end. */
export interface WholeRecord {
  readonly record: ScannedRecord;
  /**
   * `sound`: the checksum of its member fits; with the body of a response, content encoding off, null where what the site sent does
   * not decode or is too long. `broken`: its bytes are not those that were written, or do not read.
   */
  readonly state: { readonly kind: 'sound'; readonly body: Buffer | null } | { readonly kind: 'broken' };
}

/**
 * Walks over everything in the captures folder as `scanCaptures` does, and reads each record whole, once. Memory is bounded by one record.
 */
export async function* readWholeCaptures(dataDir: string, limits: CaptureLimits): AsyncIterable<WholeRecord> {
  for (const { file } of await listCaptureFiles(dataDir)) {
    const handle = await open(join(dataDir, file), 'r');
    try {
      const reader = await MemberReader.over(handle);
      for (let span = await reader.spanAt(0); span; span = await reader.spanAt(span.offset + span.length)) {
        const whole = span.kind === 'member' ? wholeRecord(await reader.whole(span), file, span, limits) : null;
        yield whole ?? { record: await scanSpan(reader, file, span), state: { kind: 'broken' } };
      }
    } finally {
      await handle.close();
    }
  }
}

/** @returns null if the member is not sound or holds no record that reads. */
function wholeRecord(member: Buffer, file: string, span: Span, limits: CaptureLimits): WholeRecord | null {
  try {
    const raw = splitRecord(gunzipMember(member));
    if (raw.block.length < raw.blockBytes) return null;
    const decoded = decodeRecord(raw);
    const body = decoded.kind === 'response' ? bodyOrNull(decoded.http.headers, decoded.body, limits) : null;
    return { record: toScanned(file, span, decoded), state: { kind: 'sound', body } };
  } catch (error) {
    if (error instanceof PermanentError || isZlibError(error)) return null;
    throw error;
  }
}

function bodyOrNull(headers: NamedFields, body: Buffer, { bodyBytesMax }: CaptureLimits): Buffer | null {
  try {
    return decodeBody(headers, body, bodyBytesMax);
  } catch (error) {
    if (error instanceof PermanentError) return null;
    throw error;
  }
}
