import type { GrowthPoint } from './growth.js';
import type { PartSummary } from './summarise.js';

/** One promise of docs/performance.md, and what this run found. */
export interface TargetResult {
  readonly target: string;
  readonly found: string;
  /** null: not measured in this run. */
  readonly isMet: boolean | null;
}

type Find = (name: string) => PartSummary | undefined;

/** What a start may cost that a figure per article is given on top of. */
const START_CPU_MS = 1_500;

export function judgeTargets(parts: readonly PartSummary[], growth: readonly GrowthPoint[] = []): TargetResult[] {
  const [first, last] = [growth[0], growth.at(-1)];
  const grown = first && last && first !== last ? last.cpuMsEach / first.cpuMsEach : undefined;
  const find: Find = (name) => parts.find((part) => part.name === name);
  return [
    ...crawlTargets(find),
    ...['ingest', 'reprocess'].map((name) => rateTarget(find, name, 500)),
    rateTarget(find, 'verify', 4_000),
    rateTarget(find, 'rebuild', 2_000),
    judge(
      `from ${first?.stored ?? 1_000} to ${last?.stored ?? 200_000} stored: at most 1.15 × the CPU of one more`,
      grown,
      (value) => value <= 1.15,
      ' ×',
    ),
    judge(
      `\`search\` at ${last?.stored ?? 200_000}: under 100 ms beyond its start`,
      last && last.searchCpuMs - (find('search')?.cpuMsEach.median ?? 0),
      (ms) => ms < 100,
      ' ms',
    ),
    cpuTarget(find, 'start-help', 120),
    cpuTarget(find, 'start-extract', 350),
    cpuTarget(find, 'start-crawl', 900),
  ];
}

function crawlTargets(find: Find): TargetResult[] {
  const [ours, alike, scrapy, again] = [find('crawl'), find('crawl-alike'), find('scrapy'), find('crawl-again')];
  const times = ours && scrapy && ours.perSecond.median / scrapy.perSecond.median;
  const looks = ours && alike && alike.cpuMsEach.median / ours.cpuMsEach.median;
  const perKnown = again && Math.max(0, again.cpuMsEach.median - START_CPU_MS / again.count);
  const requests = again && (again.requests ?? 0) / again.count;
  return [
    judge('articles/s: at least 4 × Scrapy', times, (value) => value >= 4, ' ×'),
    judge('CPU-s per 1,000 articles: at most 3.5', ours?.cpuMsEach.median, (value) => value <= 3.5),
    judge('peak RSS of all processes: at most 350 MB', ours?.peakMb.median, (value) => value <= 350, ' MB'),
    judge('texts that look alike: at most 1.3 × the CPU', looks, (value) => value <= 1.3, ' ×'),
    judge('nothing new: at most 0.05 requests per known article', requests, (value) => value <= 0.05),
    judge(
      'nothing new: at most 0.1 ms of CPU per known article beyond 1.5 s',
      perKnown,
      (value) => value <= 0.1,
      ' ms',
    ),
  ];
}

function rateTarget(find: Find, name: string, wanted: number): TargetResult {
  return judge(`\`${name}\`: at least ${wanted} a second`, find(name)?.perSecond.median, (value) => value >= wanted);
}

function cpuTarget(find: Find, name: string, maxMs: number): TargetResult {
  const part = find(name);
  return judge(`${part?.what ?? name}: at most ${maxMs} ms of CPU`, part?.cpuMsEach.median, (ms) => ms <= maxMs, ' ms');
}

function judge(target: string, value: number | undefined, isGood: (value: number) => boolean, unit = ''): TargetResult {
  if (value === undefined || Number.isNaN(value)) return { target, found: 'not measured', isMet: null };
  const shown = value < 1_000 ? value.toPrecision(3) : value.toFixed(0);
  return { target, found: `${shown}${unit}`, isMet: isGood(value) };
}
