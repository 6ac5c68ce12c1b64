import { isAscii } from 'node:buffer';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { threadId } from 'node:worker_threads';
import { crc32 } from 'node:zlib';

/** What Node's types leave out. */
const {
  enableCompileCache,
  flushCompileCache,
  _extensions: loaders,
} = Module as unknown as {
  /** From Node 22.1 on. */
  readonly enableCompileCache?: (folder: string) => unknown;
  /** From Node 22.10 on. */
  readonly flushCompileCache?: () => void;
  /** How CommonJS is loaded, by the ends of the files' names. */
  readonly _extensions: Record<string, (module: { exports: unknown }, path: string) => void>;
};

/** V8's compiled code is stored behind checksums of the source and of itself, because V8 compares only lengths. */
const HEADER_BYTES = 8;

/**
 * Keeps the code that V8 compiles from the bundled files of a folder, in its subfolder `compiled`, and loads it at the
 * next start, which saves a third of the start. From Node 22.1 on, Node does this; for older versions this function
 * does the same for CommonJS. Nothing is kept if the folder may not be written or if stack traces are to name the
 * sources.
 *
 * @returns A function that stores the code now. A process calls it at its end, a thread has to be told to. It does
 * nothing if there is nothing new.
 */
export function keepCompiled(folder: string): () => void {
  const kept = join(folder, 'compiled');
  if (enableCompileCache === undefined) return process.sourceMapsEnabled ? () => undefined : keepByHand(folder, kept);
  enableCompileCache(kept);
  return flushCompileCache ?? (() => undefined);
}

function keepByHand(folder: string, kept: string): () => void {
  const compiled = new Map<string, { readonly script: Script; readonly source: Buffer }>();
  const loadOther = loaders['.js'];
  loaders['.cjs'] = (module, path) => {
    if (dirname(path) !== folder) {
      loadOther?.(module, path);
      return;
    }
    const file = join(kept, `${basename(path)}.${process.version}-${process.arch}`);
    const source = readFileSync(path);
    const cachedData = readKept(file, source);
    // The bundles are ASCII, in which a byte is a character, except in tagged templates.
    const text = source.toString(isAscii(source) ? 'latin1' : 'utf8');
    const script = new Script(`(function (exports, require, module, __filename, __dirname) { ${text}\n})`, {
      filename: path,
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      ...(cachedData && { cachedData }),
    });
    if (cachedData === null || script.cachedDataRejected === true) compiled.set(file, { script, source });
    const run = script.runInThisContext() as (...values: readonly unknown[]) => void;
    run.call(module.exports, module.exports, createRequire(path), module, path, folder);
  };
  // At the end, when it is known which functions a run needs.
  const keepNow = (): void => {
    try {
      mkdirSync(kept, { recursive: true });
      for (const [file, { script, source }] of compiled) writeKept(file, source, script.createCachedData());
    } catch {
      // A folder that may not be written, or a full disk: the next start compiles again.
    }
    compiled.clear();
  };
  process.once('exit', keepNow);
  return keepNow;
}

/** @returns null where nothing was kept, or of another source, or it is damaged. */
function readKept(file: string, source: Buffer): Buffer | null {
  let kept: Buffer;
  try {
    kept = readFileSync(file);
  } catch {
    return null; // nothing was kept yet
  }
  const data = kept.subarray(HEADER_BYTES);
  return kept.subarray(0, HEADER_BYTES).equals(headerOf(source, data)) ? data : null;
}

function writeKept(file: string, source: Buffer, data: Buffer): void {
  const unfinished = `${file}.${process.pid}-${threadId}`;
  writeFileSync(unfinished, Buffer.concat([headerOf(source, data), data]));
  renameSync(unfinished, file);
}

function headerOf(source: Buffer, data: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(crc32(source), 0);
  header.writeUInt32LE(crc32(data), 4);
  return header;
}
