import { isUtf8 } from 'node:buffer';
import { isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { readLimited } from '../platform/read-limited.js';
import { isTree, refuseSettings, type ConfigLayer, type SettingProblem, type SettingsTree } from './config-layers.js';

const FILE_BYTES_MAX = 1_000_000;
/** YAML aliases can multiply a small file into a huge one; more of them than this are refused. */
const ALIASES_MAX = 50;
/** No setting stands half as deep. Something that holds itself (`a: &a { b: *a }`) has no end. */
const DEPTH_MAX = 32;
const TOO_DEEP = `nested more than ${DEPTH_MAX} deep`;

/**
 * Reads a file of settings, YAML 1.2 or JSON (which is YAML).
 *
 * @param file   Path as the user wrote it; it names the file in messages.
 * @param under  Keys under which the file's content belongs: `['editions', 'ria.ru']`; empty for a whole file.
 * @throws {UsageError} `config.invalid`, with the line, where the file is missing, is no YAML, or holds no keys.
 */
export function readConfigFile(file: string, under: readonly string[] = []): ConfigLayer {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  refuseBroken(file, document, lines);
  const content = plainContent(file, document);
  if (isDeeper(content, DEPTH_MAX)) return refuseSettings([{ origin: file, text: TOO_DEEP }]);
  if (!isTree(content)) return refuseSettings([{ origin: file, text: 'expected settings (key: value)' }]);
  return {
    values: under.reduceRight<SettingsTree>((values, key) => ({ [key]: values }), content),
    originOf: (path) => {
      const line = lineOf(document, lines, path.slice(under.length));
      return line === null ? file : `${file}:${line}`;
    },
  };
}

function plainContent(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX }) ?? {};
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return refuseSettings([{ origin: file, text: `cannot be unfolded: ${text}` }]);
  }
}

/** Ends at the first value that stands too deep. */
function isDeeper(value: unknown, depthMax: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depthMax === 0 || Object.values(value).some((item) => isDeeper(item, depthMax - 1));
}

function readText(file: string): string {
  const refuse = (text: string): never => refuseSettings([{ origin: file, text }]);
  let bytes: Buffer | null;
  try {
    bytes = readLimited(file, FILE_BYTES_MAX);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return refuse('cannot be read (ENOENT): there is no such file');
    return refuse(code === 'ETIMEDOUT' ? message : `cannot be read (${String(code)})`);
  }
  if (bytes === null) return refuse(`more than ${FILE_BYTES_MAX} bytes, at most ${FILE_BYTES_MAX} are allowed`);
  if (!isUtf8(bytes) || bytes.includes(0)) return refuse('is no text in UTF-8; save it in that encoding');
  return bytes.toString('utf8');
}

function refuseBroken(file: string, document: Document, lines: LineCounter): void {
  // Whatever follows the first error is mostly its consequence.
  const problems = [...document.errors, ...document.warnings].slice(0, 1).map((error): SettingProblem => {
    const { line, col } = lines.linePos(error.pos[0]);
    // The parser of the library is recursive and takes what Node says of its stack for a fault of the file's.
    // The library quotes the text, which may hold a secret, after ': "'.
    const [words = ''] = error.message.split(': "');
    const text = words.includes('call stack') ? TOO_DEEP : `no valid YAML: ${words}`;
    return { origin: `${file}:${line}:${col}`, text };
  });
  problems.push(...repeatedKeys(file, document, lines));
  if (problems.length > 0) refuseSettings(problems);
}

/** The library would compare every key with every other one: five minutes for the 40,000 that a file may hold. */
function repeatedKeys(file: string, document: Document, lines: LineCounter): SettingProblem[] {
  const problems: SettingProblem[] = [];
  visit(document, {
    Map: (_key, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          const { line, col } = lines.linePos(key.range?.[0] ?? 0);
          problems.push({ origin: `${file}:${line}:${col}`, text: 'no valid YAML: Map keys must be unique' });
        }
        seen.add(key.value);
      }
    },
  });
  return problems;
}

/** @returns the line of the deepest key of the path that stands in the file. */
function lineOf(document: Document, lines: LineCounter, path: readonly string[]): number | null {
  for (let depth = path.length; depth > 0; depth--) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    const range = (node as { range?: readonly number[] | null } | undefined)?.range;
    if (range?.[0] !== undefined) return lines.linePos(range[0]).line;
  }
  return null;
}
