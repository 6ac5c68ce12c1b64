import type { Command } from 'commander';
import { describeConfig } from '../../config/describe-config.js';
import { loadConfig } from '../../config/load-config.js';
import { EXIT } from '../../platform/exit-codes.js';
import { runVerb, withCommonOptions, type VerbAction } from '../arguments/run-verb.js';
import { layOutTable } from '../output/text-output.js';

export function addConfigVerb(program: Command): void {
  const command = withCommonOptions(program.command('config'))
    .summary('the settings in force and where each came from')
    .description('Prints every setting with its value and its origin; secrets are masked.')
    .action(runVerb(show));
  withCommonOptions(command.command('check'))
    .summary('checks a settings file')
    .argument('<file>', 'YAML or JSON')
    .action(runVerb(check));
}

const show: VerbAction<object> = ({ config, output }) => {
  const settings = describeConfig(config);
  output.lines(layOutTable(settings.map(({ key, value, origin }) => [key, shorten(JSON.stringify(value)), origin])));
  output.document({ settings });
  return Promise.resolve(EXIT.done);
};

/** Widest value shown to people; `--json` has it whole. */
const VALUE_WIDTH_MAX = 60;

function shorten(text: string): string {
  return text.length <= VALUE_WIDTH_MAX ? text : `${text.slice(0, VALUE_WIDTH_MAX - 1)}…`;
}

const check: VerbAction<object> = ({ output }, _options, [file = '']) => {
  loadConfig({ configFile: file, flags: {} });
  output.line(`${file}: nothing wrong`);
  output.document({ file, valid: true });
  return Promise.resolve(EXIT.done);
};
