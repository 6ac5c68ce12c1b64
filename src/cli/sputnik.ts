import { Command, CommanderError } from 'commander';
import { diskError } from '../platform/disk-error.js';
import { EXIT } from '../platform/exit-codes.js';
import { VERSION } from '../platform/package-dir.js';
import { addCommonOptions } from './arguments/run-verb.js';
import { VERBS } from './verbs.js';

/** Verbs that fetch: they load the HTTP client, whose WebAssembly reserves 10 GB of addresses, though hardly any memory. */
const FETCHING = ['crawl', 'serve', 'demo', 'doctor'];

/** Does what the command line says, and sets the exit code. */
export async function runCommandLine(): Promise<void> {
  quietPipe(process.stdout);
  // Nothing reads standard error any more; the work goes on.
  process.stderr.on('error', () => undefined);

  const program = addCommonOptions(
    new Command('sputnik')
      .description(
        'Collects everything that the Sputnik news agency publishes about Armenia and Azerbaijan: each article once, in full, with every later edit. To begin: `sputnik demo`, then `sputnik crawl --edition big5.sputniknews.cn`.',
      )
      // `-V` would take `sputnik search -Vardan` for itself.
      .version(VERSION, '--version')
      // Told below, as errors of verbs are.
      .configureOutput({ outputError: () => undefined })
      .configureHelp({ showGlobalOptions: true })
      .exitOverride(),
  );

  try {
    for (const { name, summary, load } of VERBS) {
      const command = program.command(name).summary(summary);
      // Only the named verb is loaded; the others are only a line of the help. Completion needs all of them.
      if (![name, 'completion'].some((word) => process.argv.includes(word))) continue;
      if (FETCHING.includes(name) && process.argv[2] === name && !mayReserveAddresses()) {
        tellTooFewAddresses();
        return;
      }
      for (const addVerb of Object.values(await load())) addVerb(command);
    }
    await program.parseAsync(helpAsked(process.argv.slice(2)), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
    // `sputnik` alone is answered with the help, and wrong all the same.
    if (error.exitCode === 0 || error.code === 'commander.help') return;
    (await import('./arguments/tell-usage-error.js')).tellUsageError(error, program, process.argv.slice(2));
  }
}

declare const WebAssembly: { readonly Memory: new (size: { readonly initial: number }) => object };

/** Node's HTTP client ends the process without a word of ours where this fails (`ulimit -v`). */
function mayReserveAddresses(): boolean {
  try {
    return Boolean(new WebAssembly.Memory({ initial: 1 }));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function tellTooFewAddresses(): void {
  process.stderr.write(
    'sputnik: this process may not reserve the 10 GB of addresses that its HTTP client needs\n  raise the limit (ulimit -v unlimited), or set NODE_OPTIONS=--disable-wasm-trap-handler; nothing was touched\n',
  );
  process.exitCode = EXIT.unusable;
}

/**
 * `sputnik help serch` would be answered with the help of the program: a word that is no verb is refused as it is
 * without `help`.
 */
function helpAsked(words: readonly string[]): readonly string[] {
  const [first, verb] = words;
  const isRefused = first === 'help' && verb !== undefined && !/^-|^help$/.test(verb);
  return isRefused && !VERBS.some(({ name }) => name === verb) ? [verb] : words;
}

/**
 * A reader that has seen enough (`| head`) closes the pipe. The program then ends silently, which is not an error.
 */
function quietPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    const { message } = diskError('write to standard output', error);
    process.stderr.write(
      `sputnik: ${message}\n  free space where it goes, then run it again; nothing that is stored was touched\n`,
    );
    process.exit(EXIT.unusable);
  });
}
