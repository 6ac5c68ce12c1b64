import { format } from 'node:util';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { pino, type Logger as PinoLogger } from 'pino';

/**
 * The closed list of keys that a log line may carry beside pino's own (`level`, `time`, `pid`, `msg`).
 * No bodies, cookies or tokens at any level.
 */
export interface LogFields {
  /** A fixed word to search for, `room.what`. */
  readonly event: string;
  readonly edition?: string;
  readonly url?: string;
  readonly pageId?: string;
  readonly jobId?: string;
  readonly runId?: string;
  readonly attempt?: number;
  readonly outcome?: string;
  readonly reason?: string;
  readonly code?: string;
  readonly field?: string;
  readonly count?: number;
  readonly durationMs?: number;
  readonly bytes?: number;
  readonly file?: string;
  readonly err?: unknown;
}

/** What the rooms log through: object first, constant message second. */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Paths whose values never reach a log, whatever an error object carries along. */
const SECRET_PATHS = [
  '*.password',
  '*.token',
  '*.authorization',
  'err.config',
  'err.headers',
  'err.command',
  'err.options',
];

/** A terminal that log lines are written to. */
export interface LogTerminal {
  readonly write: (text: string) => void;
  readonly colour: boolean;
}

/**
 * Opens the process's logger on standard error: JSON lines, or readable lines where there is a terminal.
 *
 * @param level     Least level that is written.
 * @param terminal  Takes readable lines; null: JSON lines.
 */
export async function openLogger(level: LogLevel, terminal: LogTerminal | null): Promise<PinoLogger> {
  const options = { level, redact: { paths: SECRET_PATHS, censor: '[secret]' } };
  if (terminal === null) {
    const destination = pino.destination({ dest: 2, sync: true });
    // Nobody listens any more (`2>&1 | head`): the work goes on.
    destination.on('error', () => undefined);
    return pino(options, destination);
  }
  const { default: pretty } = await import('pino-pretty');
  const readable = pretty.prettyFactory({
    colorize: terminal.colour,
    ignore: 'pid,hostname',
    translateTime: 'HH:MM:ss',
  });
  return pino(options, {
    write: (line) => {
      // Control characters are escapes in JSON, and stay so; the others would stand there as they are.
      terminal.write(readable(forTerminal(line)));
    },
  });
}

/** Different texts of libraries that are told; more of them would be noise. */
const WARNINGS_MAX = 100;

/** Lets what libraries say by `console.warn` and `console.error` go through the log, each text once: standard error holds nothing but its lines. */
export function logConsole(log: Logger): void {
  const said = new Set<string>();
  const tell =
    (level: 'warn' | 'error') =>
    (...parts: unknown[]): void => {
      const reason = format(...parts);
      if (said.has(reason) || said.size >= WARNINGS_MAX) return;
      said.add(reason);
      log[level]({ event: 'library.said', reason }, 'a library has something to say');
    };
  Object.assign(console, { warn: tell('warn'), error: tell('error') });
}

/** Writes nothing; for tests and for verbs that have nothing to tell. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Marks on one letter beyond these cover the lines above and below. No script stacks as many. */
const MARKS_BEYOND = /(?<=\p{M}{8})\p{M}/gu;

/**
 * Control characters, characters that change the direction of the text or end a line, and half characters, because a
 * terminal would obey them. Also invisible characters such as fillers and selectors, which make different words look
 * the same. Joiners and direction marks stay, since Persian, Arabic and emoji need them, and so do the selectors of an
 * emoji's or a Han character's form.
 */
const NOT_FOR_TERMINALS = new RegExp(
  [
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\ufff9-\ufffb\p{Cs}]/u,
    /(?![\u00ad\u061c\u200c-\u200f\ufe00-\ufe0f\u{e0100}-\u{e01ef}])\p{Default_Ignorable_Code_Point}/u,
    /(?<!\p{Emoji})[\ufe0e\ufe0f]/u,
    /(?<!\p{Script=Han})[\ufe00-\ufe0d\u{e0100}-\u{e01ef}]/u,
    MARKS_BEYOND,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);
const MARKS_IN_A_ROW = new RegExp(`(?:${MARKS_BEYOND.source})+`, 'gu');

/** @returns the text with `�` for whatever a terminal would obey or would not show, one for all marks too many, and a space for a tab. */
export function forTerminal(text: string): string {
  return text.replace(MARKS_IN_A_ROW, '\ufffd').replace(NOT_FOR_TERMINALS, '\ufffd').replaceAll('\t', ' ');
}

/** @returns the JSON with the same characters as escapes: its value stays what it is. */
export function escapedForTerminal(json: string): string {
  return json.replace(NOT_FOR_TERMINALS, (found) =>
    [...Array(found.length).keys()].map((at) => escapeOf(found.charCodeAt(at))).join(''),
  );
}

function escapeOf(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

/** One request to a site is over. */
interface RequestTold {
  /** Host and port as they stand in the URL. */
  readonly host: string;
  /** Class of the status (`2xx`, `3xx` …), or the reason why nothing usable came (`timeout`, `http5xx` …). */
  readonly result: string;
  readonly seconds: number;
  /** Whether the same page had been asked for before in this run. */
  readonly isRetry: boolean;
}

/**
 * Publishes what a process does to subscribers in the same process, which count it. Costs nothing without subscribers.
 */
const REQUESTS = 'sputnik.request';
const requests = channel(REQUESTS);

export function tellRequest(told: RequestTold): void {
  if (requests.hasSubscribers) requests.publish(told);
}

/** @returns what ends it. */
export function onRequest(listener: (told: RequestTold) => void): () => void {
  const subscriber = (message: unknown): void => {
    listener(message as RequestTold);
  };
  subscribe(REQUESTS, subscriber);
  return () => {
    unsubscribe(REQUESTS, subscriber);
  };
}
