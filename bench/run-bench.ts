import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PACKAGE_DIR } from '../src/platform/package-dir.js';
import { startBenchSite } from './bench-site.js';
import { measureGrowth } from './growth.js';
import { type PartResult, PARTS, type RoundContext } from './parts.js';
import { profileCrawl } from './profile-crawl.js';
import { compareWith, machineName, type Report, tableOf } from './report.js';
import { summarise, YARDSTICK } from './summarise.js';
import { judgeTargets } from './targets.js';

const HELP = `npm run bench [-- options]

  --articles <n>   articles of a crawl (1500)
  --rounds <n>     interleaved rounds (3)
  --only <names>   parts, with commas: ${PARTS.map(({ name }) => name).join(', ')}
  --growth <n>     also stores so many articles, and measures one more at each size
  --compare        warns where a ratio fell by a tenth against bench/baseline.json
  --profile        only writes where the CPU of a crawl goes, per article
  --save           writes the result to bench/baseline.json
  --json <file>    writes the result to a file
`;
const BASELINE = join(PACKAGE_DIR, 'bench/baseline.json');

const { values } = parseArgs({
  options: {
    articles: { type: 'string', default: '1500' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    growth: { type: 'string' },
    compare: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const READ_WHAT_IS_STORED = ['crawl-again', 'ingest', 'reprocess', 'verify', 'rebuild', 'search'];

async function main(): Promise<void> {
  if (values.help) {
    say(HELP);
    return;
  }
  const [articles, rounds] = [wholeNumber('articles', values.articles), wholeNumber('rounds', values.rounds)];
  const folder = mkdtempSync(join(tmpdir(), 'sputnik-bench-'));
  const sites = await Promise.all([
    startBenchSite('diverse', articles, folder),
    startBenchSite('alike', articles, folder),
  ]);
  const [diverse, alike] = sites;
  try {
    if (values.profile) {
      say(await profileCrawl(diverse, join(folder, 'profile')));
      return;
    }
    const report = await measureAll({ diverse, alike, folder: join(folder, 'round') }, articles, rounds);
    say(`\n${tableOf(report)}`);
    const json = `${JSON.stringify(report, null, 2)}\n`;
    if (values.json !== undefined) writeFileSync(values.json, json);
    if (values.save) writeFileSync(BASELINE, json);
    if (values.compare) for (const warning of compareWith(BASELINE, report)) say(`WARNING: ${warning}`);
  } finally {
    for (const site of sites) site.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`wanted a whole number above 0 for --${name}, found ${text}`);
}

/** Every round runs every part once, so that what else the machine does falls on all of them. */
async function measureAll(context: RoundContext, articles: number, rounds: number): Promise<Report> {
  const parts = chosenParts(values.only?.split(',') ?? PARTS.map(({ name }) => name));
  const results = new Map<string, PartResult[]>();
  const missing = new Map<string, string>();
  for (let round = 1; round <= rounds; round += 1) {
    rmSync(context.folder, { recursive: true, force: true });
    mkdirSync(context.folder);
    for (const part of parts) {
      const { name } = part;
      const result = await part.run(context);
      if (typeof result === 'string') missing.set(name, result);
      else results.set(name, [...(results.get(name) ?? []), result]);
      say(`round ${round}: ${name}: ${typeof result === 'string' ? result : inShort(result)}`);
    }
  }
  const yardstick = results.get(YARDSTICK) ?? [];
  const summaries = parts.flatMap(({ name, what }) => {
    const some = results.get(name);
    return some === undefined ? [] : [summarise(name, what, some, yardstick)];
  });
  const growth =
    values.growth === undefined ? undefined : await measureGrowth(context, wholeNumber('growth', values.growth), say);
  return {
    ...{ at: new Date().toISOString().slice(0, 10), machine: machineName(), articles, rounds },
    parts: summaries,
    missing: [...missing].map(([name, reason]) => ({ name, reason })),
    targets: judgeTargets(summaries, growth),
    ...(growth === undefined ? {} : { growth }),
  };
}

/** What reads what was stored needs the crawl before it. @throws where a name is that of no part. */
function chosenParts(names: readonly string[]): typeof PARTS {
  const unknown = names.filter((wanted) => PARTS.every(({ name }) => name !== wanted));
  if (unknown.length > 0) throw new Error(`wanted names of parts for --only, found ${unknown.join(', ')}`);
  const needsCrawl = names.some((name) => READ_WHAT_IS_STORED.includes(name));
  return PARTS.filter(({ name }) => names.includes(name) || (needsCrawl && name === 'crawl'));
}

function inShort({ count, seconds, cpuSeconds, peakMb }: PartResult): string {
  const each = (1000 * cpuSeconds) / Math.max(1, count);
  return `${count} in ${seconds.toFixed(1)} s, ${each.toFixed(2)} CPU-ms each, ${Math.round(peakMb)} MB`;
}

await main();
