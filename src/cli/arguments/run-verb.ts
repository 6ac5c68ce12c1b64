import type { Command } from 'commander';
import type { CommonOptions, VerbAction, VerbManner } from './perform-verb.js';

export type { VerbAction, VerbContext } from './perform-verb.js';

/** Gives the program the options that every verb takes, before its name or after it. */
export function addCommonOptions(program: Command): Command {
  return program
    .option('--json', 'print one JSON document to standard output, nothing else')
    .option('--config <file>', 'your own settings (YAML or JSON), over the defaults')
    .option('--data-dir <dir>', 'where articles, captures and catalogue are kept')
    .option('--redis-url <url>', 'use this Redis instead of the embedded one')
    .option('--log-level <level>', 'trace, debug, info, warn, error, fatal, silent');
}

/** What `addHelpText` takes to end a verb's help with examples. A test runs each of them. */
export function examples(...lines: readonly [string, string, ...string[]]): ['after', string] {
  return ['after', ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n')];
}

/**
 * Makes the action of a verb from a function for `performVerb`. The function and its imports are loaded when the verb
 * runs, not for its help.
 */
export function runVerb<Options extends object>(
  action: VerbAction<Options>,
  manner: VerbManner = { quietByDefault: true },
): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1) as Command;
    const { performVerb } = await import('./perform-verb.js');
    await performVerb(action, command.optsWithGlobals<Options & CommonOptions>(), command.args, manner);
  };
}
