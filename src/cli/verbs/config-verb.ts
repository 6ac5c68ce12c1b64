import type { Command } from 'commander';
import { EXIT } from '../../platform/exit-codes.js';
import { examples, runVerb, type VerbAction } from '../arguments/run-verb.js';
import type { Documents } from '../output/documents.js';

export function addConfigVerb(command: Command): void {
  command
    .description('Prints every setting with its value and where it came from. Secrets are masked.')
    .addHelpText(...examples('sputnik config', 'sputnik config check my-settings.yaml'))
    .action(runVerb(show));
  command
    .command('check')
    .summary('checks a settings file')
    .argument('<file>', 'YAML or JSON')
    .addHelpText(...examples('sputnik config check my-settings.yaml', 'sputnik config check my-settings.yaml --json'))
    .action(runVerb(check));
}

const show: VerbAction<object> = async ({ config, output }) => {
  const { describeConfig } = await import('../../config/describe-config.js');
  const settings = describeConfig(config);
  output.lines(settings.map(({ key, value, origin }) => `${key} = ${shorten(JSON.stringify(value))}  (${origin})`));
  output.document({ settings } satisfies Documents['config']);
  return EXIT.done;
};

/** Widest value shown to people; `--json` has it whole. */
const VALUE_WIDTH_MAX = 60;

function shorten(text: string): string {
  return text.length <= VALUE_WIDTH_MAX ? text : `${text.slice(0, VALUE_WIDTH_MAX - 1)}…`;
}

const check: VerbAction<object> = async ({ output }, _options, [file = '']) => {
  const { loadConfig } = await import('../../config/load-config.js');
  const { checkRuleQueries } = await import('../../app/notify/check-rule-queries.js');
  const config = loadConfig({ configFile: file, flags: {} });
  checkRuleQueries(config.notify.rules, config);
  output.line(`${file}: nothing wrong`);
  output.document({ file, valid: true } satisfies Documents['config-check']);
  return EXIT.done;
};
