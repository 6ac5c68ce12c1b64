// Writes man/sputnik.1 from what --help says: part of `npm run schema`. Needs the built program.
// With --check it writes nothing, and ends with 1 where the file is not what it would write.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FILE = `${ROOT}man/sputnik.1`;

const help = (...words) =>
  execFileSync(process.execPath, [`${ROOT}dist/src/cli/main.js`, ...words, '--help'], { encoding: 'utf8' });

/** Lines as they are: a line of roff must not begin with a dot or a quote, and a backslash is written twice. */
const plain = (text) =>
  text
    .trimEnd()
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');

const sections = (text) => text.split(/\n(?=(?:Arguments|Options|Global Options|Commands|Examples):\n)/);
const withoutCommon = (text) =>
  sections(text)
    .filter((part) => !part.startsWith('Global Options:'))
    .join('\n');

const [head, ...rest] = sections(help());
const verbs = rest.find((part) => part.startsWith('Commands:')) ?? '';
const options = rest.find((part) => part.startsWith('Options:')) ?? '';
const description = head.split('\n\n').slice(1).join('\n\n');
const names = [...verbs.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name).filter((name) => name !== 'help');
const block = (text) => `.nf\n${plain(text)}\n.fi`;

const page = [
  '.TH SPUTNIK 1 "" "sputnik\\-harvester" "User commands"',
  '.SH NAME',
  'sputnik \\- collects what the Sputnik news agency publishes about Armenia and Azerbaijan',
  '.SH SYNOPSIS',
  '.B sputnik',
  '.I verb',
  '[\\fIoptions\\fR]',
  '.SH DESCRIPTION',
  plain(description),
  '.SH OPTIONS',
  'Every verb takes them, before its name or after it.',
  block(options.replace(/^Options:\n/, '')),
  '.SH VERBS',
  ...names.flatMap((name) => [`.SS ${name}`, block(withoutCommon(help(name)))]),
  '.SH EXIT STATUS',
  block(exitCodes()),
  '.SH FILES',
  block('data/                where articles, captures and the catalogue lie (--data-dir)'),
].join('\n');

/** The table of the README. */
function exitCodes() {
  const [, rows = ''] =
    /\| exit code[^\n]*\n\|[-| ]+\n((?:\|[^\n]*\n)+)/.exec(readFileSync(`${ROOT}README.md`, 'utf8')) ?? [];
  return rows
    .trim()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, 3)
        .map((cell) => cell.trim()),
    )
    .map(([code, meaning]) => `${code.padEnd(10)} ${meaning.replaceAll('`', '')}`)
    .join('\n');
}

const text = `${page}\n`;
if (process.argv.includes('--check')) {
  if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== text) {
    process.stderr.write('man/sputnik.1 is not what the help says; npm run schema writes it\n');
    process.exitCode = 1;
  }
} else {
  mkdirSync(`${ROOT}man`, { recursive: true });
  writeFileSync(FILE, text);
}
