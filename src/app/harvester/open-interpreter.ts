import type { Closers } from '../../platform/closers.js';
import { createUrlRules } from '../../sputnik/urls/url-rules.js';
import {
  pageResultReader,
  type InterpretCapture,
  type ReadPageResult,
} from '../../store/writer/capture-interpreter.js';
import { createExtractionPool } from '../../workers/extraction-pool.js';
import { createListParser } from '../../workers/list-parser.js';
import {
  createCaptureInterpreter,
  noteReader,
  type InterpreterDependencies,
  type ReadNote,
} from '../../workers/interpret-answer.js';
import type { Runtime } from './runtime.js';

/** Says what captures mean, as the page worker does. */
export interface Interpreter {
  readonly deps: InterpreterDependencies;
  /** Interprets any record of the captures. */
  readonly interpret: InterpretCapture;
  /** Interprets the captured answer for a page at a location. */
  readonly readPageResult: ReadPageResult;
  readonly readNote: ReadNote;
}

/** @param closers  The extraction threads are pushed here. */
export function openInterpreter(runtime: Runtime, closers: Closers): Interpreter {
  const { config, log, isBulk = false, extractor } = runtime;
  const { dataDir, editions, topics, extract, politeness } = config;
  const { bodyBytesMax } = politeness;
  // Pages that are extracted in bulk were stored before, and few of their texts change.
  const extracted = { dataDir, editions, topics, bodyBytesMax, fingerprints: !isBulk };
  const today = createExtractionPool(extracted, { ...extract, isBulk });
  const pool = extractor?.(today) ?? today;
  closers.push('extraction', () => pool.close());
  const lists = createListParser(editions, extract);
  closers.push('lists', () => lists.close());
  const urlRules = createUrlRules(editions);
  const deps = { extractor: pool, lists, urlRules, editions, topics, dataDir, bodyBytesMax, log };
  const interpret = createCaptureInterpreter(deps);
  return {
    deps,
    interpret,
    readPageResult: pageResultReader(dataDir, interpret),
    readNote: noteReader(dataDir, interpret),
  };
}
