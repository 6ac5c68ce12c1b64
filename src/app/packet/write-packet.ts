import { createHash } from 'node:crypto';
import { zipSync, type Zippable } from 'fflate';
import { articleJsonSchema } from '../../domain/article-json-schema.js';
import type { Article } from '../../domain/article.js';
import { encodeWarc, type CaptureSources } from '../../export/encode-warc.js';
import { serialiseArticle } from '../../store/files/article-json.js';

/** The files of a packet; `SHA256SUMS` beside them has their digests. */
export const PACKET_FILES = ['README.txt', 'article.schema.json', 'captures.warc.gz', 'record.json'] as const;
export const DIGESTS_FILE = 'SHA256SUMS';

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

export function zipFiles(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const zippable: Zippable = {};
  for (const [name, content] of Object.entries(files)) zippable[name] = [content, { level: 0, mtime: NO_TIME }];
  return zipSync(zippable);
}

export function sha256Of(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
