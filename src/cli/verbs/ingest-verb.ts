import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { IngestReport } from '../../app/ingest/ingest.js';
import type { Config } from '../../config/config.js';
import { UsageError } from '../../domain/errors.js';
import type { ArticleUrl } from '../../domain/page.js';
import { EXIT } from '../../platform/exit-codes.js';
import { parseArticleUrl } from '../arguments/find-article.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { crawlDocument, describeCrawl } from '../output/describe-crawl.js';
import type { Documents } from '../output/documents.js';
import type { Output } from '../output/text-output.js';

interface IngestOptions {
  readonly url?: string;
}

export function addIngestVerb(command: Command): void {
  command
    .description(
      'Imports saved pages as if they had been fetched: .html, .html.gz, .warc, .warc.gz, and folders of ' +
        'them. The time of the fetch is WARC-Date; for a saved page it is the modification time of the file. ' +
        'The URL of a page is taken from --url, link[rel=canonical] or og:url. WARC files of any program can ' +
        'be read: responses with status 200, 404 and 410 for articles of configured editions are imported; ' +
        'lists, redirects and revisit records are skipped. A page may have at most politeness.bodyBytesMax ' +
        'bytes. Importing the same file again changes nothing. Exit code 3: some files were bad, or some ' +
        'records that claim to be an article could not be imported; they are named, and all others were ' +
        'imported.',
    )
    .argument('<paths...>', 'files and folders')
    .option('--url <url>', 'the URL from which the page was fetched (one page only)')
    .addHelpText(
      ...examples(
        'sputnik ingest saved-pages crawl-2023.warc.gz',
        'sputnik ingest page.html --url https://sputniknews.cn/20230412/1049499304.html',
      ),
    )
    .action(runVerb(run));
}

const run: VerbAction<IngestOptions> = async ({ config, runtime, output, progress, signal }, options, paths) => {
  if (!paths.some((path) => existsSync(path))) {
    throw new UsageError(`no such file or folder: ${paths.join(', ').slice(0, 500)}`, { code: 'usage.file' });
  }
  const address = options.url === undefined ? null : articleUrlOf(options.url, paths, config);
  // Loaded when needed: it brings the queue's and the crawler's libraries along.
  const { ingest } = await import('../../app/ingest/ingest.js');
  const report = await ingest({
    ...runtime,
    paths,
    url: address,
    signal,
    onProgress: ({ path, ...counts }) => {
      progress.show({ title: 'ingest', counts, done: counts.pages, of: null, at: path });
    },
  });
  progress.end();
  tell(report, output);
  const { summary, ...rest } = report;
  output.document({ ...crawlDocument(summary), ...rest } satisfies Documents['ingest']);
  const isWhole = report.badFileCount === 0 && report.lostArticleCount === 0 && summary.outcomes.failed === 0;
  return isWhole ? EXIT.done : EXIT.incomplete;
};

function articleUrlOf(url: string, paths: readonly string[], config: Config): ArticleUrl {
  if (paths.length !== 1) {
    throw new UsageError('--url names one page; expected one file', { code: 'usage.words' });
  }
  return parseArticleUrl(url, config);
}

/** Bad files, and lost articles, named to people; `--json` has a thousand. */
const BAD_FILES_SHOWN = 20;

function tell(
  { summary, files, badFileCount, badFiles, ignoredFiles, passedOver, ...report }: IngestReport,
  output: Output,
): void {
  output.lines(describeCrawl(summary));
  output.line(
    `  files    ${String(files).padStart(7)}  read${ignoredFiles > 0 ? `; ${ignoredFiles} of other kinds left alone` : ''}`,
  );
  for (const [reason, count] of Object.entries(passedOver)) {
    output.line(`  passed over ${String(count).padStart(4)}  records of WARC files: ${reason}`);
  }
  for (const { path, url, reason } of report.lostArticles.slice(0, BAD_FILES_SHOWN)) {
    output.line(`  lost: ${url}: ${reason}, in ${path}`);
  }
  for (const { path, reason, detail } of badFiles.slice(0, BAD_FILES_SHOWN)) {
    output.line(`  bad: ${path}: ${reason}: ${detail}`);
  }
  if (badFileCount > BAD_FILES_SHOWN) output.line(`  and ${badFileCount - BAD_FILES_SHOWN} bad files more`);
}
