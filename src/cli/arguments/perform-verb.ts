import type { Runtime } from '../../app/harvester/runtime.js';
import type { SettingsTree } from '../../config/config-layers.js';
import type { Config } from '../../config/config.js';
import { loadEnvironment, type TerminalWishes } from '../../config/environment.js';
import { loadConfig } from '../../config/load-config.js';
import { UsageError } from '../../domain/errors.js';
import { systemClock } from '../../platform/clock.js';
import { diskError, sqliteResultCode, systemCodeOf } from '../../platform/disk-error.js';
import { EXIT, exitCodeOf, type ExitCode } from '../../platform/exit-codes.js';
import {
  LOG_LEVELS,
  logConsole,
  openLogger,
  type Logger,
  type LogLevel,
  type LogTerminal,
} from '../../platform/logger.js';
import { takeStopSignals, type StopSignals } from '../../platform/signals.js';
import type { Documents } from '../output/documents.js';
import { openProgress, type Progress } from '../output/progress.js';
import { columnsOf, createOutput, type Output } from '../output/text-output.js';

/** What every verb is given. */
export interface VerbContext {
  readonly config: Config;
  readonly log: Logger;
  /** What the app is opened with. */
  readonly runtime: Runtime;
  /** The settings again, with the program's own laid over them. */
  readonly withOverrides: (overrides: SettingsTree) => Config;
  readonly output: Output;
  readonly progress: Progress;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP; the second one ends the process. */
  readonly signal: AbortSignal;
}

export type VerbAction<Options> = (
  context: VerbContext,
  options: Options,
  words: readonly string[],
) => Promise<ExitCode>;

/** The options that every verb takes. */
export interface CommonOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly redisUrl?: string;
  readonly logLevel?: string;
  readonly json?: boolean;
}

export interface VerbManner {
  /** Verbs that print an answer log warnings only, unless `--log-level` says otherwise. */
  readonly quietByDefault: boolean;
}

/** How long a process may outlive its work. */
const LINGER_MS_MAX = 500;

/**
 * Performs a verb: arguments → settings → context → one call → exit code. Errors become one clear line on standard error
 * (and an `error` document with `--json`), never a stack trace unless the bug is ours.
 */
export async function performVerb<Options extends object>(
  action: VerbAction<Options>,
  options: Options & CommonOptions,
  words: readonly string[],
  { quietByDefault }: VerbManner,
): Promise<void> {
  const environment = loadEnvironment();
  const output = createOutput(options.json === true, process.stdout, columnsOf(process.stdout, environment.terminal));
  const progress = openProgress(process.stderr, environment.terminal);
  let signals: StopSignals | null = null;
  let redisUrl: string | null = null;
  try {
    expectWorkingFolder();
    // Read first: until signals are taken they end the program, also one that waits for settings from a pipe.
    const config = loadVerbConfig(options, quietByDefault);
    redisUrl = config.redis.url;
    signals = takeStopSignals((name) => {
      // Among lines of JSON it would be none.
      if (process.stderr.isTTY) progress.above(`\n${name}: finishing what is in hand; once more stops at once\n`);
    });
    if (config.tracing.enabled) await (await import('../../queue/open-queues.js')).traceQueues();
    const log = await openLogger(config.log.level, logTerminal(process.stderr, environment.terminal, progress));
    logConsole(log);
    const context: VerbContext = {
      config,
      log,
      runtime: { config, log, environment, clock: systemClock },
      withOverrides: (overrides) => loadVerbConfig(options, quietByDefault, overrides),
      output,
      progress,
      signal: signals.signal,
    };
    const code = await action(context, options, words);
    process.exitCode = signals.exitCode() ?? code;
  } catch (error) {
    progress.end();
    const told = await toldByCatalogue(await toldByRedis(error, redisUrl));
    process.exitCode =
      signals?.exitCode() ?? reportError(told, output, columnsOf(process.stderr, environment.terminal));
  } finally {
    progress.end();
    signals?.finish();
    // Something that could not be closed in time, and was logged, must not keep the process.
    setTimeout(() => process.exit(), LINGER_MS_MAX).unref();
  }
}

/** @throws {UsageError} `usage.folder`: libraries ask for it too, long after the start. */
function expectWorkingFolder(): void {
  try {
    process.cwd();
  } catch (error) {
    const message = 'the folder that this command was started in is gone, or may not be read';
    throw new UsageError(message, { code: 'usage.folder', hint: 'cd to another one, then run it again', cause: error });
  }
}

function logTerminal(stream: NodeJS.WriteStream, { colour }: TerminalWishes, progress: Progress): LogTerminal | null {
  return stream.isTTY ? { write: progress.above, colour: colour ?? true } : null;
}

function loadVerbConfig(options: CommonOptions, quietByDefault: boolean, overrides: SettingsTree = {}): Config {
  const level = options.logLevel;
  if (level !== undefined && !(LOG_LEVELS as readonly string[]).includes(level)) {
    throw new UsageError(`--log-level ${level}: expected one of ${LOG_LEVELS.join(', ')}`, { code: 'usage.logLevel' });
  }
  const quiet: LogLevel | undefined = quietByDefault ? 'warn' : undefined;
  return loadConfig({
    configFile: options.config,
    flags: { dataDir: options.dataDir, redisUrl: options.redisUrl, logLevel: level as LogLevel | undefined },
    defaults: { logLevel: quiet },
    overrides,
  });
}

/** What a Redis refuses in the middle of the work is no bug of ours. */
async function toldByRedis(error: unknown, url: string | null): Promise<unknown> {
  if (!(error instanceof Error && error.name === 'ReplyError')) return error;
  const { refusedByRedis } = await import('../../redis/connection.js');
  return refusedByRedis(error, url === null ? { kind: 'socket', path: 'its socket' } : { kind: 'url', url }) ?? error;
}

const SQLITE_ERROR = 1;
/** A constraint broken, an interface misused, a parameter out of range. */
const BUGS_OF_OURS = new Set([19, 21, 25]);

/** Nor is what SQLite refuses, but for our bugs, a statement that it cannot understand although all tables are there among them. */
async function toldByCatalogue(error: unknown): Promise<unknown> {
  const code = sqliteResultCode(error);
  if (code === null || BUGS_OF_OURS.has(code)) return error;
  const isOfTables = error instanceof Error && error.message.startsWith('no such table');
  if (code === SQLITE_ERROR && !isOfTables) return error;
  const { CATALOGUE_FILE, catalogueError } = await import('../../store/catalogue/database.js');
  return catalogueError(CATALOGUE_FILE, error);
}

/** Nor is what the disk refuses, wherever that was met. */
function toldByDisk(error: unknown): unknown {
  const code = systemCodeOf(error) ?? '';
  // Whatever was about to be opened, a module of ours perhaps: the remedy is the same.
  if (['EMFILE', 'ENFILE'].includes(code)) return diskError('open one more file', error);
  const path = error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : null;
  const isOfDisk =
    path !== null && ['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'ELOOP'].includes(code);
  return isOfDisk ? diskError(`use ${path}`, error) : error;
}

/** Says what went wrong. @returns the exit code. */
function reportError(error: unknown, output: Output, columns: number | null): ExitCode {
  const reported = toldByDisk(error);
  const code = exitCodeOf(reported);
  const { message, hint, name } = describeError(reported);
  const said = createOutput(false, process.stderr, columns);
  said.line(`sputnik: ${message}`);
  if (hint !== null) said.line(`  ${hint}`);
  if (code === EXIT.bug && reported instanceof Error) {
    process.stderr.write(`  this is a bug of ours; please report it with the lines below\n${reported.stack ?? ''}\n`);
  }
  output.document({ error: { code: name, message, hint } } satisfies Documents['error']);
  return code;
}

function describeError(error: unknown): { message: string; hint: string | null; name: string } {
  if (!(error instanceof Error)) return { message: String(error), hint: null, name: 'bug' };
  const { code, hint }: Error & { code?: unknown; hint?: unknown } = error;
  return {
    message: error.message,
    hint: typeof hint === 'string' ? hint : null,
    name: typeof code === 'string' ? code : 'bug',
  };
}
