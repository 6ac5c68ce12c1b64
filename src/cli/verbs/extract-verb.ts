import type { Command } from 'commander';
import { articleIn, toUnstoredArticle } from '../../app/library/unstored-article.js';
import { UsageError } from '../../domain/errors.js';
import { EXIT } from '../../platform/exit-codes.js';
import { readLimited } from '../../platform/read-limited.js';
import { parseArticleUrl } from '../arguments/find-article.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';

interface ExtractOptions {
  readonly url: string;
}

export function addExtractVerb(command: Command): void {
  command
    .description('Reads a saved page and prints its article. Touches no queue and no store.')
    .argument('<file>', 'the page; - for standard input')
    .requiredOption('--url <url>', 'the address under which the page was saved')
    .addHelpText(
      'after',
      examples(
        'sputnik extract page.html --url https://sputnik.az/20230412/454321987.html',
        'sputnik extract - --url https://sputnik.az/20230412/454321987.html <page.html',
      ),
    )
    .action(runVerb(extract));
}

const extract: VerbAction<ExtractOptions> = async ({ config, log }, options, [file = '-']) => {
  const { createExtractionWorld, extractPage } = await import('../../workers/extract-page.js');
  const world = createExtractionWorld(config.editions, config.topics);
  const url = parseArticleUrl(options.url, config);
  const body = await readPage(file, config.politeness.bodyBytesMax);
  const extraction = extractPage({ body, contentType: null, url, fetchedAt: null }, world);
  const article = articleIn(extraction, file);
  const disagreements = extraction.kind === 'article' ? extraction.disagreements : [];
  for (const { field, chosen, rejected, reason } of disagreements) {
    log.warn({ event: 'extract.disagreement', field, reason }, `${field}: ${chosen} chosen over ${rejected}`);
  }
  process.stdout.write(`${JSON.stringify(toUnstoredArticle(article), null, 2)}\n`);
  return EXIT.done;
};

async function readPage(file: string, bytesMax: number): Promise<Buffer> {
  try {
    const body = file === '-' ? await readStandardInput(bytesMax) : readLimited(file, bytesMax);
    if (body === null || body.length > bytesMax)
      throw new UsageError(`${file} is larger than ${bytesMax} bytes`, { code: 'usage.file' });
    return body;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot read ${file}: ${String(error)}`, { code: 'usage.file', cause: error });
  }
}

async function readStandardInput(bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, Math.min(bytes, bytesMax + 1));
}
