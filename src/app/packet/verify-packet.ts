import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { readWarcFile } from '../../captures/read-warc-file.js';
import { contentHashOf } from '../../dedupe/comparable-text.js';
import type { Article } from '../../domain/article.js';
import { PermanentError, UsageError } from '../../domain/errors.js';
import { parseArticle } from '../../store/files/article-json.js';
import { DIGESTS_FILE, PACKET_FILES, sha256Of, zipFiles } from './write-packet.js';

/** The faults of a packet; empty if there are none. */
interface PacketFault {
  /** The file within the packet, or the packet itself. */
  readonly file: string;
  readonly problem: string;
}

export interface PacketReport {
  /** Null: its record cannot be read. */
  readonly article: { readonly id: string; readonly url: string; readonly title: string } | null;
  readonly faults: readonly PacketFault[];
}

/** Bytes of a packet, packed and unpacked: nothing in it is compressed by us. */
export const PACKET_BYTES_MAX = 512_000_000;
const PACKET = 'the packet';

/**
 * Checks a packet by itself, without data directory or network.
 *
 * @throws {UsageError} `usage.packet` if the file is not a packet.
 */
export async function verifyPacket(bytes: Uint8Array, bodyBytesMax: number): Promise<PacketReport> {
  const files = unpacked(bytes);
  const faults: PacketFault[] = [];
  const record = files['record.json'] === undefined ? null : recordIn(files['record.json'], faults);
  faults.push(...digestFaults(files));
  if (record !== null && contentHashOf(record) !== record.contentHash) {
    faults.push({ file: 'record.json', problem: 'title and text have another hash than it states' });
  }
  const warc = files['captures.warc.gz'];
  if (record !== null && warc !== undefined) faults.push(...(await captureFaults(record, warc, bodyBytesMax)));
  // Data between the files (names, times, lengths) belongs to no file.
  if (faults.length === 0 && !Buffer.from(zipFiles(files)).equals(bytes)) {
    faults.push({ file: PACKET, problem: 'something was changed between its files' });
  }
  const article = record && { id: record.id, url: record.url, title: record.title };
  return { article, faults };
}

function unpacked(bytes: Uint8Array): Record<string, Uint8Array> {
  try {
    let left = PACKET_BYTES_MAX;
    const files = unzipSync(bytes, {
      filter: ({ originalSize }) => {
        left -= originalSize;
        if (left < 0) throw new Error(`more than ${PACKET_BYTES_MAX} bytes`);
        return true;
      },
    });
    if (DIGESTS_FILE in files || 'record.json' in files) return files;
    throw new Error(`no ${DIGESTS_FILE} in it`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`expected a packet of \`sputnik cite --packet\`, found ${reason}`, {
      code: 'usage.packet',
      hint: 'the file is not a packet, or its list of files is damaged',
      cause: error,
    });
  }
}

function digestFaults(files: Readonly<Record<string, Uint8Array>>): PacketFault[] {
  const stated = new Map(
    Buffer.from(files[DIGESTS_FILE] ?? [])
      .toString('utf8')
      .split('\n')
      .map((line) => [line.slice(66), line.slice(0, 64)] as const),
  );
  const faults: PacketFault[] = [];
  for (const name of PACKET_FILES) {
    const content = files[name];
    if (content === undefined) faults.push({ file: name, problem: 'is missing' });
    else if (!stated.has(name)) faults.push({ file: DIGESTS_FILE, problem: `states no digest of ${name}` });
    else if (sha256Of(content) !== stated.get(name))
      faults.push({ file: name, problem: `is not what ${DIGESTS_FILE} states` });
  }
  const expected = new Set<string>([...PACKET_FILES, DIGESTS_FILE]);
  for (const name of Object.keys(files))
    if (!expected.has(name)) faults.push({ file: name, problem: 'does not belong here' });
  return faults;
}

function recordIn(content: Uint8Array, faults: PacketFault[]): Article | null {
  try {
    return parseArticle(Buffer.from(content).toString('utf8'), 'record.json');
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    faults.push({ file: 'record.json', problem: error.message });
    return null;
  }
}

async function captureFaults({ capture }: Article, warc: Uint8Array, bodyBytesMax: number): Promise<PacketFault[]> {
  if (capture === null) return [];
  const fault = (problem: string): PacketFault[] => [{ file: 'captures.warc.gz', problem }];
  const folder = mkdtempSync(join(tmpdir(), 'sputnik-packet-'));
  try {
    const path = join(folder, 'captures.warc.gz');
    writeFileSync(path, warc);
    for await (const answer of readWarcFile(path, { bodyBytesMax })) {
      if (answer.kind === 'response' && answer.bodySha256 === capture.sha256) return [];
    }
    return fault(`holds no answer with the digest that the record names, ${capture.sha256}`);
  } catch (error) {
    if (error instanceof PermanentError || error instanceof UsageError) return fault(error.message);
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
