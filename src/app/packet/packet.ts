import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync, type Zippable, unzipSync } from 'fflate';
import { articleJsonSchema } from '../../domain/article-json-schema.js';
import type { Article } from '../../domain/article.js';
import { encodeWarc, type CaptureSources } from '../../export/encode-warc.js';
import { serialiseArticle, parseArticle } from '../../store/files/article-json.js';
import { readWarcFile } from '../../captures/read-warc-file.js';
import { contentHashOf } from '../../dedupe/comparable-text.js';
import { PermanentError, UsageError } from '../../domain/errors.js';

/** The files of a packet; `SHA256SUMS` beside them has their digests. */
const PACKET_FILES = ['README.txt', 'article.schema.json', 'captures.warc.gz', 'record.json'] as const;
const DIGESTS_FILE = 'SHA256SUMS';

/** Instructions for checking the packet years later. */
function readMe({ id, url }: Article): string {
  return `A packet of evidence about one article of the Sputnik agency.

    ${id}
    ${url}

record.json            the article as it was stored, with every earlier state
captures.warc.gz       every answer of the site that the record was made from, as received (WARC 1.1, ISO 28500)
article.schema.json    what the keys of record.json mean (JSON Schema 2020-12)
SHA256SUMS             the digests of these files

To check it without any program of ours: unpack it, and

    sha256sum --check SHA256SUMS

says whether each file is what it was. record.json names in "capture" the answer of its newest state: "sha256" is the SHA-256 of the
page as received without its content encoding, and stands in the WARC record as Sputnik-Body-Digest. Any WARC tool opens the captures.

With the program (npm package sputnik-harvester), with no data of your own:

    sputnik verify --packet FILE

checks the digests, the schema, that the capture holds the very page that the record names, and that title and text have the hash that the
record states.
`;
}

/**
 * Packs an article with what proves it. The same article packed again gives the same bytes.
 *
 * @returns a ZIP whose files are not compressed.
 * @throws {PermanentError} `capture.missing`, `capture.damaged`.
 */
export function packArticle(article: Article, sources: CaptureSources): Uint8Array {
  const files: Readonly<Record<(typeof PACKET_FILES)[number], Uint8Array>> = {
    'README.txt': Buffer.from(readMe(article)),
    'article.schema.json': Buffer.from(`${JSON.stringify(articleJsonSchema(), null, 2)}\n`),
    'captures.warc.gz': Buffer.concat([...encodeWarc([article], sources)]),
    'record.json': Buffer.from(serialiseArticle(article)),
  };
  const digests = PACKET_FILES.map((name) => `${sha256Of(files[name])}  ${name}\n`).join('');
  return zipFiles({ ...files, [DIGESTS_FILE]: Buffer.from(digests) });
}

/** ZIP knows no year before 1980; nothing else in it depends on when it is made. */
const NO_TIME = new Date(1980, 0, 1);

function zipFiles(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const zippable: Zippable = {};
  for (const [name, content] of Object.entries(files)) zippable[name] = [content, { level: 0, mtime: NO_TIME }];
  return zipSync(zippable);
}

function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

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
