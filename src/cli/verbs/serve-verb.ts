import type { Command } from 'commander';
import { SERVICE_PARTS } from '../../app/service/service-parts.js';
import { EXIT } from '../../platform/exit-codes.js';
import { watchNpm } from '../../platform/signals.js';
import { collectList, parseChoices } from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import type { Documents } from '../output/documents.js';

interface ServeOptions {
  readonly only?: readonly string[];
}

export function addServeVerb(command: Command): void {
  command
    .description(
      'Runs the service until SIGTERM, SIGINT or SIGHUP: it crawls on schedule, processes queued jobs, ' +
        'serves the web page, and answers /healthz and /readyz.',
    )
    .option('--only <parts>', `run only these parts: ${SERVICE_PARTS.join(', ')} (use commas)`, collectList)
    .addHelpText(...examples('sputnik serve', 'sputnik serve --only web'))
    .action(runVerb(serve, { quietByDefault: false }));
}

const serve: VerbAction<ServeOptions> = async ({ runtime, output, signal, log }, options) => {
  const orphaned = new AbortController();
  if (runtime.environment.isStartedByNpm) {
    watchNpm(() => {
      log.warn(
        { event: 'service.orphaned' },
        'the npm that started this service is gone and passes no signal on; stopping',
      );
      orphaned.abort();
    });
  }
  const parts = parseChoices(options.only, SERVICE_PARTS, '--only') ?? SERVICE_PARTS;
  const { runService } = await import('../../app/service/run-service.js');
  await runService({
    ...runtime,
    parts,
    signal: AbortSignal.any([signal, orphaned.signal]),
    onReady: ({ origin }) => {
      output.line(`Serving ${parts.join(', ')}${origin === null ? '' : ` at ${origin}`}; Ctrl-C stops it.`);
      output.document({ ready: true, origin, parts } satisfies Documents['serve']);
    },
  });
  return orphaned.signal.aborted ? EXIT.terminated : EXIT.done;
};
