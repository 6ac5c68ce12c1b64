// Makes the program that is shipped, dist/program: what `sputnik` and each thread start from, with the libraries that they load
// (docs/decisions/0035). The modules that tsc writes to dist/src stay for types, tests, scripts and benchmarks.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROGRAM = join(ROOT, 'dist/program');
const UNFINISHED = `${PROGRAM}.unfinished`;

/** Loaded from node_modules as ever, for what they have beside their code: binaries, a browser, the file of a thread. The last never is. */
const EXTERNAL = [/^playwright/, /^@photostructure\/sqlite$/, /^piscina$/, /^msgpackr-extract$/, /^got-scraping$/];

/**
 * Crawlee checks its options with `ow`, which looks for the name of what it checks in the source that called it: it read the whole bundle
 * for each crawl, some 30 ms of the main thread in one turn. Its errors say "argument" instead.
 */
const NAMELESS_CHECKS = {
  name: 'nameless-checks',
  transform: {
    filter: { id: /[\\/]ow[\\/]dist[\\/]utils[\\/]infer-label\.js$/ },
    handler() {
      namelessChecks += 1;
      return { code: 'exports.inferLabel = () => undefined;', map: null };
    },
  },
};
let namelessChecks = 0;

const COMMON = { cwd: ROOT, platform: 'node', external: EXTERNAL, tsconfig: false, plugins: [NAMELESS_CHECKS] };
/** Crawlee finds its storages by the names of their classes. */
const OUTPUT = {
  dir: UNFINISHED,
  sourcemap: true,
  keepNames: true,
  comments: { legal: false, annotation: false, jsdoc: false },
  // One byte for a character, not two, in the memory of every process.
  minify: {
    compress: false,
    mangle: false,
    codegen: { removeWhitespace: false, asciiOnly: true, legalComments: 'none' },
  },
};

/** Files that are written: a second one of the same name would take the place of the first. */
const written = new Set();

/** @param {import('rolldown').InputOptions} input @param {import('rolldown').OutputOptions} output */
async function write(input, output) {
  const bundle = await rolldown({ ...COMMON, ...input });
  const { output: files } = await bundle.write({ ...OUTPUT, ...output });
  await bundle.close();
  for (const { fileName } of files) {
    if (written.has(fileName)) throw new Error(`two bundles write ${fileName}`);
    written.add(fileName);
  }
  return files.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
}

/** Folders of the packages that modules are from. */
function packagesOf(modules) {
  const folders = modules.flatMap((id) => {
    const at = id.lastIndexOf(`${sep}node_modules${sep}`);
    if (at === -1) return [];
    const [first, second] = id.slice(at).split(sep).slice(2);
    return [join(id.slice(0, at), 'node_modules', first.startsWith('@') ? join(first, second) : first)];
  });
  return [...new Set(folders)].sort();
}

/** What the licences of the bundled libraries ask to be passed on. */
function noticeOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const by = typeof author === 'string' ? author : (author?.name ?? 'its authors');
  const text = file === undefined ? `${license}, by ${by}` : readFileSync(join(folder, file), 'utf8').trim();
  return `${name} ${version}\n\n${text}\n`;
}

rmSync(UNFINISHED, { recursive: true, force: true });
const modules = await write(
  { input: { sputnik: 'src/cli/sputnik.ts' } },
  { format: 'cjs', exports: 'named', entryFileNames: '[name].cjs', chunkFileNames: '[name].cjs' },
);
const threads = readdirSync(join(ROOT, 'src/workers')).flatMap((name) =>
  /-thread\.ts$/.test(name) ? [`workers/${name}`] : [],
);
// Processes of their own, for the same reasons.
threads.push('crawlers/browser/browser-driver.ts', 'web/answer-requests.ts');
for (const file of threads) {
  const thread = basename(file, '.ts');
  const input = { [thread]: `src/${file}` };
  const names = { entryFileNames: '[name].cjs', chunkFileNames: `${thread}.[name].cjs` };
  modules.push(...(await write({ input }, { format: 'cjs', exports: 'named', ...names })));
}
if (namelessChecks === 0) throw new Error('ow no longer has the file that looks for names: see NAMELESS_CHECKS');
writeFileSync(
  join(UNFINISHED, 'LICENCES.txt'),
  packagesOf(modules)
    .map(noticeOf)
    .join(`\n${'-'.repeat(80)}\n\n`),
);
// In one moment, so that a program which starts meanwhile finds all of one build.
const before = `${PROGRAM}.before`;
rmSync(before, { recursive: true, force: true });
if (existsSync(PROGRAM)) renameSync(PROGRAM, before);
renameSync(UNFINISHED, PROGRAM);
rmSync(before, { recursive: true, force: true });
