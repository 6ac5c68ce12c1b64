import { relative } from 'node:path';
import type { Command } from 'commander';
import type { DemoResult, DemoStep } from '../../app/crawl/run-demo.js';
import { EXIT } from '../../platform/exit-codes.js';
import { examples, runVerb, type VerbAction, type VerbContext } from '../arguments/run-verb.js';
import { crawlDocument, crawlExitCode, crawlWork, describeCrawl } from '../output/describe-crawl.js';
import { describeArticle } from '../output/describe-article.js';
import type { Documents } from '../output/documents.js';
import type { Output } from '../output/text-output.js';

export function addDemoVerb(command: Command): void {
  command
    .description(
      'Shows the whole program at work on this machine alone: it crawls a made-up Sputnik site twice and ' +
        'shows what was stored. It sends nothing to the real sites.',
    )
    .addHelpText(...examples('sputnik demo', 'sputnik demo --json'))
    .action(runVerb(demo));
}

const demo: VerbAction<object> = async (context) => {
  const { output, signal, runtime } = context;
  const { runDemo } = await import('../../app/crawl/run-demo.js');
  const result = await runDemo({
    ...runtime,
    signal,
    withOverrides: context.withOverrides,
    onStep: (step) => {
      tellStep(step, context);
    },
  });
  if (signal.aborted) return EXIT.interrupted;
  await tellResult(result, output);
  const last = result.summaries.at(-1);
  return last === undefined ? EXIT.bug : crawlExitCode(last, 0);
};

function tellStep(step: DemoStep, { output, progress }: VerbContext): void {
  if (step.kind === 'siteStarted') {
    output.line(
      `A test site with ${step.editions.length} editions now answers on this machine, ${step.pages} pages in all:`,
    );
    for (const { id, origin } of step.editions) output.line(`  ${id.padEnd(22)} ${origin}`);
    output.line();
  } else if (step.kind === 'crawling') {
    progress.show(crawlWork(step.state, `crawl ${step.round}`));
  } else {
    progress.end();
    output.line(step.round === 1 ? 'First crawl' : 'Second crawl: what has not changed is not fetched again');
    output.lines(describeCrawl(step.summary));
    output.line();
  }
}

async function tellResult({ config, summaries, onTopicPages }: DemoResult, output: Output): Promise<void> {
  const { openCatalogueQueries } = await import('../../store/catalogue/catalogue-queries.js');
  const catalogue = openCatalogueQueries(config.dataDir);
  if (catalogue === null) throw new Error('the demo has left no catalogue');
  try {
    const counts = catalogue.queries.corpus.counts();
    const folder = relative(process.cwd(), config.dataDir) || '.';
    output.line(
      `Stored in ${folder}: ${counts.articles} articles and ${counts.duplicates} exact duplicates, ` +
        `with ${counts.renditions} renditions in another script.`,
    );
    output.line(`The site itself says that ${onTopicPages} of its pages are on a topic.`);
    output.line('  articles/     one JSON file for each article');
    output.line('  captures/     every response as received (WARC)');
    output.line('  catalogue.db  an index of both, which can be rebuilt');
    const [newest] = catalogue.queries.select({ order: 'newest' }).articles;
    if (newest !== undefined) {
      output.line('\nThe newest one:');
      output.lines(describeArticle(newest, 2).map((line) => `  ${line}`));
      output.line(`\nLook around:  npx sputnik show ${newest.id} --data-dir ${folder}`);
    }
    output.line(`              npx sputnik status --data-dir ${folder}`);
    output.document({
      dataDir: config.dataDir,
      onTopicPages,
      articles: counts.articles,
      duplicates: counts.duplicates,
      renditions: counts.renditions,
      crawls: summaries.map(crawlDocument),
    } satisfies Documents['demo']);
  } finally {
    catalogue.close();
  }
}
