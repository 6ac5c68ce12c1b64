import { openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import type { Command } from 'commander';
import { articleIn, toUnstoredArticle } from '../../app/library/extract-saved-page.js';
import { UsageError } from '../../domain/errors.js';
import { whyUnreadable } from '../../platform/disk-error.js';
import { EXIT } from '../../platform/exit-codes.js';
import { OPEN_AT_ONCE, readLimited } from '../../platform/read-limited.js';
import { parseArticleUrl } from '../arguments/find-article.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';

interface ExtractOptions {
  readonly url: string;
}

export function addExtractVerb(command: Command): void {
  command
    .description('Reads a saved page and prints its article. Nothing is queued or stored.')
    .argument('<file>', 'the saved page; - for standard input')
    .requiredOption('--url <url>', 'the URL under which the page was fetched')
    .addHelpText(
      ...examples(
        'sputnik extract page.html --url https://sputnik.az/20230412/454321987.html',
        'sputnik extract - --url https://sputnik.az/20230412/454321987.html <page.html',
      ),
    )
    .action(runVerb(extract));
}

const extract: VerbAction<ExtractOptions> = async ({ config, log, signal }, options, [file = '-']) => {
  const { createExtractionWorld, extractPage } = await import('../../workers/extract-page.js');
  const world = createExtractionWorld(config);
  const url = parseArticleUrl(options.url, config);
  const body = await readPage(file, config.politeness.bodyBytesMax, signal);
  const extraction = extractPage({ body, contentType: null, url, fetchedAt: null }, world);
  const article = articleIn(extraction, file);
  const disagreements = extraction.kind === 'article' ? extraction.disagreements : [];
  for (const { field, chosen, rejected, reason } of disagreements) {
    log.warn({ event: 'extract.disagreement', field, reason }, `${field}: ${chosen} chosen over ${rejected}`);
  }
  process.stdout.write(`${JSON.stringify(toUnstoredArticle(article), null, 2)}\n`);
  return EXIT.done;
};

async function readPage(file: string, bytesMax: number, signal: AbortSignal): Promise<Buffer> {
  try {
    const pipe = pipeAt(file);
    const body = pipe === null ? readLimited(file, bytesMax) : await readPipe(addAbortSignal(signal, pipe), bytesMax);
    if (body === null || body.length > bytesMax)
      throw new UsageError(`${file} is larger than ${bytesMax} bytes`, { code: 'usage.file' });
    return body;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot read ${file}: ${whyUnreadable(error)}`, { code: 'usage.file', cause: error });
  }
}

/**
 * @returns standard input, or a pipe by its name, which is listened to: a signal is heard though nobody writes; null
 * for any other file.
 */
function pipeAt(file: string): Readable | null {
  if (file === '-') return process.stdin;
  return statSync(file).isFIFO() ? new Socket({ fd: openSync(file, OPEN_AT_ONCE), writable: false }) : null;
}

async function readPipe(pipe: Readable, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of pipe as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, Math.min(bytes, bytesMax + 1));
}
