import { Command, CommanderError } from 'commander';
import { EXIT } from '../platform/exit-codes.js';
import { VERSION } from '../platform/package-dir.js';
import { addCommonOptions } from './arguments/run-verb.js';
import { quietPipe } from './output/quiet-pipe.js';
import { VERBS } from './verbs.js';

quietPipe(process.stdout);
// Nobody listens to what is told beside the work: the work goes on.
process.stderr.on('error', () => undefined);

const program = addCommonOptions(
  new Command('sputnik')
    .description(
      'Collects what the Sputnik news agency publishes about Armenia and Azerbaijan: whole, once each, with every edit.',
    )
    // `-V` would take `sputnik search -Vardan` for itself.
    .version(VERSION, '--version')
    .showHelpAfterError('(sputnik --help lists the verbs)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride(),
);

try {
  for (const { name, summary, load } of VERBS) {
    const command = program.command(name).summary(summary);
    // Only what was named is loaded: the others are a line of the help. Completion wants them all.
    if ([name, 'completion'].some((word) => process.argv.includes(word))) (await load())(command);
  }
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}
