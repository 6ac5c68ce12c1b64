import { execFile } from 'node:child_process';

interface ProgramEnd {
  /** Exit code; null if there is no such program, or it was ended by a signal or the deadline. */
  readonly exitCode: number | null;
  /** `missing`: no such program; `deadline`: it was killed for lasting too long. */
  readonly failure: 'missing' | 'deadline' | null;
  readonly stdout: string;
  /** Standard error, at most its first 16 MB. */
  readonly stderr: string;
}

interface ProgramOptions {
  readonly deadlineMs: number;
  readonly folder?: string;
  /** What the program reads on standard input; it ends there. */
  readonly input?: string;
  /** Replaces the environment; default: that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

const OUTPUT_BYTES_MAX = 16_777_216;

/** Runs a program to its end; a bad end is told, not thrown. The program is found on PATH unless the name holds a slash. */
export function runProgram(program: string, words: readonly string[], options: ProgramOptions): Promise<ProgramEnd> {
  const { deadlineMs, folder, input, environment } = options;
  return new Promise((resolve) => {
    const child = execFile(
      program,
      words,
      {
        timeout: deadlineMs,
        killSignal: 'SIGKILL',
        maxBuffer: OUTPUT_BYTES_MAX,
        ...(folder === undefined ? {} : { cwd: folder }),
        ...(environment === undefined ? {} : { env: { ...environment } }),
      },
      (error, stdout, stderr) => {
        if (error === null) {
          resolve({ exitCode: 0, failure: null, stdout, stderr });
          return;
        }
        const exitCode = typeof error.code === 'number' ? error.code : null;
        const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT' && child.pid === undefined;
        const failure = isMissing ? 'missing' : error.killed === true ? 'deadline' : null;
        resolve({ exitCode, failure, stdout, stderr: stderr === '' ? error.message : stderr });
      },
    );
    // A program that ends without reading is no failure of ours; its exit code tells.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}
