import { once } from 'node:events';
import { createWriteStream, lstatSync, type Stats } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Runtime } from '../../app/harvester/runtime.js';
import type { Article } from '../../domain/article.js';
import { UsageError } from '../../domain/errors.js';
import { NEWEST_FIRST, OFFERED_FORMATS } from '../../export/export-formats.js';
import { writeStreamAtomically } from '../../platform/atomic-files.js';
import { isOfDataDir } from '../../platform/check-data-dir.js';
import { toUtcInstant } from '../../platform/clock.js';
import { diskError, systemCodeOf } from '../../platform/disk-error.js';
import { EXIT } from '../../platform/exit-codes.js';
import { VERSION } from '../../platform/package-dir.js';
import {
  collectList,
  type CorpusFilterOptions,
  corpusQuestion,
  parseChoice,
  parseChoices,
  withCorpusFilters,
} from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { withCatalogue } from '../arguments/with-catalogue.js';
import type { Documents } from '../output/documents.js';
import type { WorkState } from '../output/progress.js';

interface ExportOptions extends CorpusFilterOptions {
  readonly format?: string;
  readonly query?: string;
  readonly changedSince?: string;
  readonly fields?: readonly string[];
  readonly bom?: boolean;
  readonly output?: string;
}

type Format = (typeof OFFERED_FORMATS)[number];

export function addExportVerb(command: Command): void {
  withCorpusFilters(command)
    .description(
      'Writes the articles, oldest first (feeds: newest first), to standard output or to a file, which is ' +
        'replaced as a whole. docs/export.md describes each format, and how CSV is kept safe from formulas.',
    )
    .option('--format <name>', `${OFFERED_FORMATS.join(', ')}; default ndjson`)
    .option('--query <query>', 'only articles that this query finds (as in `sputnik search`)')
    .option(
      '--changed-since <cursor>',
      'only articles that have changed since this cursor; begin with `start`. Prints the next cursor',
    )
    .option('--fields <names>', 'only these keys (ndjson, json, csv, parquet)', collectList)
    .option('--bom', 'begin CSV with a byte order mark, which some spreadsheets need')
    .option('-o, --output <file>', 'write to this file (dataset: to this new folder); `-` or none: standard output')
    .addHelpText(
      ...examples(
        'sputnik export --format csv --topic armenia -o armenia.csv',
        'sputnik export --unique --since 2023-04-01',
      ),
    )
    .action(runVerb(exportCorpus));
}

const exportCorpus: VerbAction<ExportOptions> = ({ config, output, log, progress, runtime }, options) =>
  withCatalogue(config, async (queries) => {
    const file = outputFile(options.output, config.dataDir);
    const format = formatOf(options.format, output.json, file);
    const fields = await fieldsIn(options.fields, format);
    const counts = { articles: 0, damaged: 0 };
    const selection = queries.select(
      {
        text: options.query ?? '',
        ...corpusQuestion(options, config),
        order: NEWEST_FIRST.includes(format) ? 'newest' : 'oldest',
        ...(options.changedSince === undefined ? {} : { changedSince: options.changedSince }),
      },
      (key, error) => {
        counts.damaged += 1;
        log.warn({ event: 'export.damaged', reason: key, code: error.code, err: error }, 'left out a damaged record');
      },
    );
    const { nextCursor } = selection;
    const counted = counting(selection.articles, () => {
      counts.articles += 1;
      if (file !== null && counts.articles % PROGRESS_STEP === 0) {
        progress.show(exportWork(counts.articles, selection.keys.length, format));
      }
    });
    const topic = options.topic?.length === 1 ? (options.topic[0] ?? null) : null;
    const write = async (): Promise<number> => {
      if (format === 'dataset') {
        const origin = {
          software: `sputnik-harvester ${VERSION}`,
          command: commandLine(),
          madeAt: instantNow(runtime),
        };
        const { writeDataset } = await import('../../app/dataset/write-dataset.js');
        return writeDataset(file ?? '', counted, origin);
      }
      const chunks =
        format === 'warc'
          ? (await import('../../export/encode-warc.js')).encodeWarc(counted, { dataDir: config.dataDir, queries })
          : (await encoders()).encodeArticles(format, counted, { topic, withMark: options.bom === true, fields });
      return file === null ? writeOut(process.stdout, chunks) : writeInto(file, chunks);
    };
    const bytes = await write();
    progress.end();
    if (file !== null) {
      output.line(`Wrote ${counts.articles} articles to ${file} (${bytes} bytes, ${format}).`);
      output.document({
        format,
        file,
        bytes,
        ...counts,
        ...(options.changedSince === undefined ? {} : { nextCursor }),
      } satisfies Documents['export']);
    }
    if (options.changedSince !== undefined && !(output.json && file !== null)) {
      process.stderr.write(`next: --changed-since ${nextCursor}\n`);
    }
    if (counts.damaged === 0) return EXIT.done;
    process.stderr.write(`${counts.damaged} damaged records were left out; \`sputnik verify\` names them\n`);
    return EXIT.incomplete;
  });

/** `/dev/stdout` is a link, which would not be followed. */
const STANDARD_OUTPUT: readonly string[] = ['-', '/dev/stdout'];

/**
 * @returns null for standard output.
 * @throws {UsageError} `usage.output` for what the program keeps in the data directory: records, captures, the
 * catalogue.
 */
function outputFile(word: string | undefined, dataDir: string): string | null {
  if (word === undefined || STANDARD_OUTPUT.includes(word)) return null;
  const file = resolve(word);
  if (!isOfDataDir(file, dataDir)) return file;
  throw new UsageError(`-o ${file}: this path is part of the corpus itself`, {
    code: 'usage.output',
    hint: 'name another path; nothing was changed',
  });
}

/** Loaded for who exports, not for who asks for help. */
const encoders = () => import('../../export/encode-articles.js');

function instantNow({ clock }: Runtime): string {
  return toUtcInstant(clock.now());
}

/** As it was typed, for the data card; options with a secret of the connection are left out. */
function commandLine(): string {
  const words = process.argv
    .slice(2)
    .filter((word, at, all) => !word.startsWith('--redis-url') && all[at - 1] !== '--redis-url');
  return [
    'sputnik',
    ...words.map((word) => (/^[\w./:=@,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)),
  ].join(' ');
}

/** @throws {UsageError} `usage.unknown` */
async function fieldsIn(names: readonly string[] | undefined, format: Format): Promise<readonly string[] | null> {
  if (names === undefined) return null;
  const allowed = format === 'warc' || format === 'dataset' ? null : await (await encoders()).exportFieldsOf(format);
  if (allowed === null) {
    throw new UsageError(`--fields cannot be used with --format ${format}, which always holds whole records`, {
      code: 'usage.unknown',
    });
  }
  return parseChoices(names, allowed, '--fields');
}

type Chunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw diskError(`write ${path}`, error, 'output');
  }
}

/**
 * Replaces a file whole, or streams into a pipe or a device.
 *
 * @throws {UsageError} `usage.output` for anything else: a link is not followed, and nothing that is no file is
 * replaced by one.
 */
async function writeInto(path: string, chunks: Chunks): Promise<number> {
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
    throw systemCodeOf(error) === null ? error : diskError(`write ${path}`, error, 'output');
  }
  return bytes;
}

/** A terminal shows nothing of these, and may obey them. */
const BINARY: readonly Format[] = ['parquet', 'warc'];

const PROGRESS_STEP = 100;

function exportWork(articles: number, of: number, format: Format): WorkState {
  return { title: `export ${format}`, counts: { articles }, done: articles, of };
}

/** With `--json` standard output holds one JSON document: the export itself, or a description of the written file. */
function formatOf(word: string | undefined, isJson: boolean, file: string | null): Format {
  const format = parseChoice(word, OFFERED_FORMATS, '--format', isJson && file === null ? 'json' : 'ndjson');
  if (format === 'dataset' && file === null) {
    throw new UsageError('--format dataset writes a folder', {
      code: 'usage.output',
      hint: 'name a new folder with -o',
    });
  }
  if (BINARY.includes(format) && file === null && process.stdout.isTTY) {
    throw new UsageError(`--format ${format} cannot be shown in a terminal`, {
      code: 'usage.output',
      hint: 'name a file with -o, or pipe the output',
    });
  }
  if (isJson && file === null && format !== 'json' && format !== 'jsonfeed') {
    throw new UsageError(`--json cannot be used with --format ${format}: standard output can hold only one of them`, {
      code: 'usage.output',
      hint: 'name a file with -o, or omit --json',
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
async function writeOut(stream: NodeJS.WritableStream, chunks: Chunks): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += Buffer.byteLength(chunk);
    if (!stream.write(chunk)) await once(stream, 'drain');
  }
  return bytes;
}
