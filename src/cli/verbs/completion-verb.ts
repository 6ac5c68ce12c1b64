import type { Command } from 'commander';
import type { Config } from '../../config/config.js';
import { SERVICE_PARTS } from '../../app/service/service-parts.js';
import { ARTICLE_FORMATS } from '../../domain/page.js';
import { DISCOVERY_ROUTES } from '../../domain/edition.js';
import { CITATION_STYLES } from '../../export/cite-article.js';
import { OFFERED_FORMATS } from '../../export/export-formats.js';
import { DIMENSIONS } from '../../export/tally-articles.js';
import { EXIT } from '../../platform/exit-codes.js';
import { parseChoice } from '../arguments/parse-options.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import { commandTree, COMPLETION_SCRIPTS, SHELLS, type CompletionValues } from '../output/completion-scripts.js';
import type { Documents } from '../output/documents.js';

export function addCompletionVerb(command: Command): void {
  command
    .description(
      'Prints a completion script for your shell. It completes verbs, options, editions, topics and ' +
        'formats, as the settings in force have them. For bash, put this into ~/.bashrc: eval "$(sputnik ' +
        'completion bash)"',
    )
    .argument('<shell>', SHELLS.join(', '))
    .addHelpText('after', examples('sputnik completion bash', 'sputnik completion fish >sputnik.fish'))
    .action(runVerb((context, options, words) => complete(command.parent ?? command)(context, options, words)));
}

function complete(program: Command): VerbAction<object> {
  return async ({ config, output }, _options, [word = '']) => {
    const shell = parseChoice(word, SHELLS, 'completion', 'bash');
    const script = COMPLETION_SCRIPTS[shell](commandTree(program), await valuesOf(config));
    if (!output.json) process.stdout.write(script);
    output.document({ shell, script } satisfies Documents['completion']);
    return EXIT.done;
  };
}

async function valuesOf({ editions, topics, schedules }: Config): Promise<CompletionValues> {
  const { LOG_LEVELS } = await import('../../platform/logger.js');
  const names = Object.keys(schedules);
  return {
    '--edition': editions.map(({ id }) => id),
    '--family': [...new Set(editions.map(({ family }) => family))],
    '--topic': topics.map(({ id }) => id),
    '--lang': [...new Set(editions.map(({ language }) => language))],
    '--format': OFFERED_FORMATS,
    '--style': CITATION_STYLES,
    '--by': DIMENSIONS,
    '--format-of': ARTICLE_FORMATS,
    '--via': DISCOVERY_ROUTES,
    '--only': SERVICE_PARTS,
    '--log-level': LOG_LEVELS,
    completion: SHELLS,
    'schedule run': names,
    'schedule pause': names,
    'schedule resume': names,
  };
}
