import type { Command, CommanderError } from 'commander';
import { loadEnvironment } from '../../config/environment.js';
import type { Documents } from '../output/documents.js';
import { columnsOf, createOutput } from '../output/text-output.js';

/** Commander's error codes and the corresponding codes of usage errors. */
const CODES: Readonly<Record<string, string>> = {
  'commander.unknownOption': 'usage.option',
  'commander.unknownCommand': 'usage.unknown',
};

/**
 * Reports an error in the command line in the same way as an error within a verb: a line on standard error with a hint,
 * and a document with `--json`.
 *
 * @param words The command line after the program's name.
 */
export function tellUsageError(error: CommanderError, program: Command, words: readonly string[]): void {
  const verb = words.flatMap((word) => program.commands.find((command) => command.name() === word) ?? []).at(0);
  const { message, hint } = explain(error, verb, words);
  const said = createOutput(false, process.stderr, columnsOf(process.stderr, loadEnvironment().terminal));
  said.line(`sputnik: ${message}`);
  said.line(`  ${hint}`);
  createOutput(words.includes('--json'), process.stdout).document({
    error: { code: CODES[error.code] ?? 'usage.words', message, hint },
  } satisfies Documents['error']);
}

function explain(
  error: CommanderError,
  verb: Command | undefined,
  words: readonly string[],
): { readonly message: string; readonly hint: string } {
  const [said = '', guess = ''] = error.message.replace(/^error: /, '').split('\n');
  const below = verb?.commands.map((command) => command.name()) ?? [];
  // A word in the place of a verb below goes to the one that is usual, which takes none.
  const word = words[words.indexOf(verb?.name() ?? '') + 1] ?? '';
  const named = verb === undefined ? [] : [verb.name(), ...(below.includes(word) ? [word] : [])];
  const help = `\`${['sputnik', ...named].join(' ')} --help\` lists ${verb ? 'what it takes' : 'the verbs'}`;
  if (error.code === 'commander.excessArguments' && below.length > 0 && !below.includes(word)) {
    return { message: `${verb?.name() ?? ''} ${word}: expected one of ${below.join(', ')}`, hint: help };
  }
  const meant = /^\(Did you mean (.*)\?\)$/.exec(guess)?.[1]?.replace('one of ', '').replaceAll(', ', ' or ');
  return { message: said, hint: meant === undefined ? help : `did you mean ${meant}? ${help}` };
}
