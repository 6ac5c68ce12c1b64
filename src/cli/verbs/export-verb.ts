import { once } from 'node:events';
import { createWriteStream, lstatSync, type Stats } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Article } from '../../domain/article.js';
import { UsageError } from '../../domain/errors.js';
import { encodeArticles, EXPORT_FORMATS, NEWEST_FIRST, type ExportFormat } from '../../export/encode-articles.js';
import { writeStreamAtomically } from '../../platform/atomic-files.js';
import { diskError, systemCodeOf } from '../../platform/disk-error.js';
import { EXIT } from '../../platform/exit-codes.js';
import { parseChoices, parseFilters, type ArticleFilters } from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import type { Documents } from '../output/documents.js';
import type { WorkState } from '../output/progress.js';

interface ExportOptions extends ArticleFilters {
  readonly format?: string;
  readonly unique?: boolean;
  readonly bom?: boolean;
  readonly output?: string;
}

export function addExportVerb(command: Command): void {
  command
    .description(
      'Writes every article, oldest first (feeds: newest first), to standard output or into a file that is replaced whole. ' +
        'What each format holds, and how CSV is kept safe from formulas, is in docs/export.md.',
    )
    .option('--format <name>', `${EXPORT_FORMATS.join(', ')}; default ndjson`)
    .option('--topic <id>', 'only articles on this topic')
    .option('--since <date>', 'published on this day (UTC) or later')
    .option('--until <date>', 'published up to and with this day')
    .option('--unique', 'without those that repeat another, exactly or nearly')
    .option('--bom', 'CSV begins with a byte order mark, for spreadsheets that want one')
    .option('-o, --output <file>', 'write into this file; `-` or none: standard output')
    .addHelpText(
      'after',
      examples(
        'sputnik export --format csv --topic armenia -o armenia.csv',
        'sputnik export --unique --since 2023-04-01',
      ),
    )
    .action(runVerb(exportCorpus));
}

const exportCorpus: VerbAction<ExportOptions> = ({ config, output, log, progress }, options) =>
  withCatalogue(config, async (queries) => {
    const file = options.output === undefined || options.output === '-' ? null : resolve(options.output);
    const format = formatOf(options.format, output.json, file);
    const filters = { ...parseFilters(options, config), unique: options.unique === true };
    const counts = { articles: 0, damaged: 0 };
    const records = queries.articles(filters, NEWEST_FIRST.includes(format) ? 'newest' : 'oldest', (key, error) => {
      counts.damaged += 1;
      log.warn({ event: 'export.damaged', reason: key, code: error.code, err: error }, 'left out a damaged record');
    });
    const counted = counting(records, () => {
      counts.articles += 1;
      if (file !== null && counts.articles % PROGRESS_STEP === 0) progress.show(exportWork(counts.articles, format));
    });
    const chunks = encodeArticles(format, counted, { topic: filters.topic ?? null, withMark: options.bom === true });
    const bytes = file === null ? await writeOut(process.stdout, chunks) : await writeInto(file, chunks);
    progress.end();
    if (file !== null) {
      output.line(`Wrote ${counts.articles} articles to ${file} (${bytes} bytes, ${format}).`);
      output.document({ format, file, bytes, ...counts } satisfies Documents['export']);
    }
    if (counts.damaged === 0) return EXIT.done;
    process.stderr.write(`${counts.damaged} damaged records were left out; \`sputnik verify\` names them\n`);
    return EXIT.incomplete;
  });

function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw diskError(`write ${path}`, error);
  }
}

/**
 * Replaces a file whole, or streams into a pipe or a device.
 *
 * @throws {UsageError} `usage.output` for anything else: a link is not followed, and nothing that is no file is replaced by one.
 */
async function writeInto(path: string, chunks: AsyncIterable<string | Uint8Array>): Promise<number> {
  const found = entryAt(path);
  if (found === undefined || found.isFile()) return writeStreamAtomically(path, chunks);
  if (!found.isFIFO() && !found.isCharacterDevice()) {
    throw new UsageError(`-o ${path}: expected a file, a pipe or a device`, {
      code: 'usage.output',
      hint: found.isSymbolicLink() ? 'links are not followed; name the file itself' : 'name another path',
    });
  }
  let bytes = 0;
  const counted = async function* (): AsyncIterable<string | Uint8Array> {
    for await (const chunk of chunks) {
      bytes += Buffer.byteLength(chunk);
      yield chunk;
    }
  };
  try {
    await pipeline(counted, createWriteStream(path));
  } catch (error) {
    throw systemCodeOf(error) === null ? error : diskError(`write ${path}`, error);
  }
  return bytes;
}

const PROGRESS_STEP = 100;

function exportWork(articles: number, format: ExportFormat): WorkState {
  return { title: `export ${format}`, counts: { articles }, done: articles, of: null };
}

/** With `--json` standard output holds one JSON document: the export itself, or what was written into the file. */
function formatOf(word: string | undefined, isJson: boolean, file: string | null): ExportFormat {
  const [format = isJson && file === null ? 'json' : 'ndjson'] =
    word === undefined ? [] : (parseChoices([word], EXPORT_FORMATS, '--format') ?? []);
  if (isJson && file === null && format !== 'json' && format !== 'jsonfeed') {
    throw new UsageError(`--json with --format ${format}: standard output can hold only one of them`, {
      code: 'usage.output',
      hint: 'name a file with -o, or leave --json away',
    });
  }
  return format;
}

function* counting(articles: Iterable<Article>, onArticle: () => void): Generator<Article> {
  for (const article of articles) {
    onArticle();
    yield article;
  }
}

/**
 * Sends pieces to standard output as fast as it takes them.
 *
 * @returns bytes sent. Memory is bounded by the longest piece and the stream's own buffer.
 */
async function writeOut(stream: NodeJS.WritableStream, chunks: AsyncIterable<string | Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += Buffer.byteLength(chunk);
    if (!stream.write(chunk)) await once(stream, 'drain');
  }
  return bytes;
}
