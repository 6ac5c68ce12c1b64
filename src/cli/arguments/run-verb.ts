import type { Command } from 'commander';
import type { Runtime } from '../../app/harvester/runtime.js';
import type { SettingsTree } from '../../config/config-layers.js';
import type { Config } from '../../config/config.js';
import { loadEnvironment } from '../../config/environment.js';
import { loadConfig } from '../../config/load-config.js';
import { UsageError } from '../../domain/errors.js';
import { systemClock } from '../../platform/clock.js';
import { EXIT, exitCodeOf, type ExitCode } from '../../platform/exit-codes.js';
import { LOG_LEVELS, openLogger, type Logger, type LogLevel } from '../../platform/logger.js';
import { takeStopSignals } from '../../platform/signals.js';
import { createOutput, createProgressLine, type Output, type ProgressLine } from '../output/text-output.js';

/** What every verb is given. */
export interface VerbContext {
  readonly config: Config;
  readonly log: Logger;
  /** What the app is opened with. */
  readonly runtime: Runtime;
  /** The settings again, with the program's own laid over them. */
  readonly withOverrides: (overrides: SettingsTree) => Config;
  readonly output: Output;
  readonly progress: ProgressLine;
  /** Aborted by the first SIGINT or SIGTERM; the second one ends the process. */
  readonly signal: AbortSignal;
}

export type VerbAction<Options> = (
  context: VerbContext,
  options: Options,
  words: readonly string[],
) => Promise<ExitCode>;

/** The options that every verb takes. */
interface CommonOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly redisUrl?: string;
  readonly logLevel?: string;
  readonly json?: boolean;
}

/** Adds the options that every verb takes. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--json', 'one JSON document on standard output, nothing else there')
    .option('--config <file>', 'settings (YAML or JSON) over the defaults')
    .option('--data-dir <dir>', 'where articles, captures and the catalogue live')
    .option('--redis-url <url>', 'use this Redis instead of an embedded one')
    .option('--log-level <level>', LOG_LEVELS.join(', '));
}

/** How long a process may outlive its work. */
const LINGER_MS_MAX = 500;

/**
 * Wraps a verb: arguments → settings → context → one call → exit code. Errors become one clear line on standard error
 * (and an `error` document with `--json`), never a stack trace unless the bug is ours.
 *
 * @param quietByDefault  Verbs that print an answer log warnings only, unless `--log-level` says otherwise.
 */
export function runVerb<Options extends object>(
  action: VerbAction<Options>,
  { quietByDefault = true }: { quietByDefault?: boolean } = {},
): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    const command = args.at(-1) as Command;
    const options = command.opts<Options & CommonOptions>();
    const output = createOutput(options.json === true, process.stdout);
    const signals = takeStopSignals((name) => {
      process.stderr.write(`\n${name}: finishing the pages in hand; press again to stop at once\n`);
    });
    try {
      const config = loadVerbConfig(options, quietByDefault);
      const log = await openLogger(config.log.level, process.stderr.isTTY);
      const progress = createProgressLine(process.stderr, options.json !== true);
      const context: VerbContext = {
        config,
        log,
        runtime: { config, log, environment: loadEnvironment(), clock: systemClock },
        withOverrides: (overrides) => loadVerbConfig(options, quietByDefault, overrides),
        output,
        progress,
        signal: signals.signal,
      };
      const code = await action(context, options, command.args);
      process.exitCode = signals.exitCode() ?? code;
    } catch (error) {
      process.exitCode = signals.exitCode() ?? reportError(error, output);
    } finally {
      signals.finish();
      // Something that could not be closed in time, and was logged, must not keep the process.
      setTimeout(() => process.exit(), LINGER_MS_MAX).unref();
    }
  };
}

function loadVerbConfig(options: CommonOptions, quietByDefault: boolean, overrides: SettingsTree = {}): Config {
  const level = options.logLevel;
  if (level !== undefined && !(LOG_LEVELS as readonly string[]).includes(level)) {
    throw new UsageError(`--log-level ${level} is none of ${LOG_LEVELS.join(', ')}`, { code: 'usage.logLevel' });
  }
  const quiet: LogLevel | undefined = quietByDefault ? 'warn' : undefined;
  return loadConfig({
    configFile: options.config,
    flags: { dataDir: options.dataDir, redisUrl: options.redisUrl, logLevel: level as LogLevel | undefined },
    defaults: { logLevel: quiet },
    overrides,
  });
}

/** Says what went wrong. @returns the exit code. */
function reportError(error: unknown, output: Output): ExitCode {
  const code = exitCodeOf(error);
  const { message, hint, name } = describeError(error);
  process.stderr.write(`sputnik: ${message}\n`);
  if (hint !== null) process.stderr.write(`  ${hint}\n`);
  if (code === EXIT.bug && error instanceof Error) {
    process.stderr.write(`  this is a bug of ours; please report it with the lines below\n${error.stack ?? ''}\n`);
  }
  output.document({ error: { code: name, message, hint } });
  return code;
}

function describeError(error: unknown): { message: string; hint: string | null; name: string } {
  if (!(error instanceof Error)) return { message: String(error), hint: null, name: 'bug' };
  const { code, hint } = error as Error & { code?: unknown; hint?: unknown };
  return {
    message: error.message,
    hint: typeof hint === 'string' ? hint : null,
    name: typeof code === 'string' ? code : 'bug',
  };
}
