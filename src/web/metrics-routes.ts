import type { FastifyPluginCallback } from 'fastify';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import type { Freshness } from '../store/catalogue/judge-freshness.js';
import { driftMetrics, type DriftMetric } from '../store/drift/drift-report.js';
import type { QueueCounts } from './sources/web-status.js';
import type { WebSources } from './web-sources.js';

/** One family of measurements in the text format of Prometheus 0.0.4. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly samples: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[];
}

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** `/metrics` for Prometheus. */
export function metricsRoutes({ catalogue, status, version }: WebSources): FastifyPluginCallback {
  return (app, _options, done) => {
    app.get('/metrics', async (_request, reply) => {
      const { queues: jobs, freshness, failingPages, runCounts } = await status();
      const queries = catalogue.queries();
      const metrics = [
        gauge('sputnik_build_info', 'The version that answers', [{ labels: { version }, value: 1 }]),
        gauge('sputnik_redis_up', 'Whether Redis answers', [{ value: Number(jobs !== null) }]),
        ...queueMetrics(jobs ?? []),
        ...freshnessMetrics(freshness),
        gauge('sputnik_failing_pages', 'Pages whose newest attempt failed', [{ value: failingPages.count }]),
        ...runMetrics(runCounts),
        ...(queries === null ? [] : metricsOf(queries)),
      ];
      return reply.type(CONTENT_TYPE).send(renderMetrics(metrics));
    });
    done();
  };
}

function metricsOf(queries: CatalogueQueries): Metric[] {
  return [...corpusMetrics(queries), ...readingMetrics(queries), outcomeMetric(queries)];
}

function gauge(name: string, help: string, samples: Metric['samples']): Metric {
  return { name, help, type: 'gauge', samples };
}

const JOB_STATES = ['waiting', 'active', 'delayed', 'failed'] as const;

function queueMetrics(queues: readonly QueueCounts[]): Metric[] {
  const samples = queues.flatMap((queue) =>
    JOB_STATES.map((state) => ({ labels: { queue: queue.name, state }, value: queue[state] })),
  );
  return [gauge('sputnik_queue_jobs', 'Jobs in a queue by state', samples)];
}

function runMetrics(counts: Awaited<ReturnType<WebSources['status']>>['runCounts']): Metric[] {
  const samplesOf = (kind: 'skipped' | 'overlong') =>
    counts.map(({ schedule, edition, ...count }) => ({ labels: { schedule, edition }, value: count[kind] }));
  return [
    {
      ...gauge('sputnik_skipped_runs_total', 'Runs skipped, because the last one still went on', samplesOf('skipped')),
      type: 'counter',
    },
    {
      ...gauge('sputnik_overlong_runs_total', 'Runs that were ended at their deadline', samplesOf('overlong')),
      type: 'counter',
    },
  ];
}

const RECORD_KINDS = ['articles', 'duplicates', 'nearDuplicates', 'renditions', 'revisions', 'gone'] as const;

function corpusMetrics(queries: CatalogueQueries): Metric[] {
  const counts = queries.counts();
  const records = RECORD_KINDS.map((kind) => ({ labels: { kind }, value: counts[kind] }));
  const topics = Object.entries(counts.topics).map(([topic, value]) => ({ labels: { topic }, value }));
  const pages = Object.entries(counts.pages).flatMap(([edition, states]) =>
    Object.entries(states).map(([state, value]) => ({ labels: { edition, state }, value })),
  );
  return [
    gauge('sputnik_records', 'Stored by kind', records),
    gauge('sputnik_topic_articles', 'Articles on a topic', topics),
    gauge('sputnik_pages', 'Known pages by edition and end state', pages),
    gauge('sputnik_quarantined_pages', 'Pages that wait for a decision', [{ value: counts.quarantined }]),
  ];
}

const FRESHNESS_METRICS: readonly (readonly [name: string, help: string, of: (row: Freshness) => number | null])[] = [
  ['newest_published_seconds', 'Newest publication', (row) => secondsOf(row.newestPublishedAt)],
  ['newest_first_seen_seconds', 'Newest first sight', (row) => secondsOf(row.newestFirstSeenAt)],
  ['last_answered_seconds', 'Newest answer', (row) => secondsOf(row.lastAnsweredAt)],
  ['usual_gap_seconds', 'Usual time between publications', (row) => row.usualGapMs && row.usualGapMs / 1000],
  ['state_since_seconds', 'Begin of the state', (row) => secondsOf(row.since)],
];

function freshnessMetrics(rows: readonly Freshness[]): Metric[] {
  const labelsOf = ({ edition, topic }: Freshness): { edition: string; topic: string } => ({
    edition,
    topic: topic ?? '',
  });
  const of = 'of an edition, and of each topic in it (topic="" is the whole)';
  const states = rows.map((row) => ({ labels: { ...labelsOf(row), state: row.state }, value: 1 }));
  const reads = rows.flatMap((row) =>
    row.lists.flatMap(({ route, lastReadAt }) => {
      const value = secondsOf(lastReadAt);
      return value === null ? [] : [{ labels: { ...labelsOf(row), route }, value }];
    }),
  );
  return [
    gauge('sputnik_freshness', `1 for the state ${of}: ok, late, unreachable, neverRead, off`, states),
    gauge('sputnik_lists_read_seconds', `Last time a list was read, by route, ${of}`, reads),
    ...FRESHNESS_METRICS.map(([name, help, read]) => {
      const samples = rows.flatMap((row) => {
        const value = read(row);
        return value === null ? [] : [{ labels: labelsOf(row), value }];
      });
      return gauge(`sputnik_${name}`, `${help} ${of}`, samples);
    }),
  ];
}

function secondsOf(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant) / 1000;
}

const READING_METRICS: readonly (readonly [name: DriftMetric['name'], help: string])[] = [
  ['reading_pages', 'Pages read on the newest day of an edition, by extractor and field'],
  ['reading_filled_pages', 'Those of them in which the field was found'],
  ['reading_drift', '1 for each field that is found less often than before; absent where there is none'],
  ['reading_disagreement_pages', 'Pages of the last 30 days on which two places contradict each other about a field'],
];

function readingMetrics(queries: CatalogueQueries): Metric[] {
  const found = driftMetrics(queries.drift());
  return READING_METRICS.map(([name, help]) => {
    const samples = found.filter((metric) => metric.name === name);
    return gauge(`sputnik_${name}`, help, samples);
  });
}

function outcomeMetric(queries: CatalogueQueries): Metric {
  const samples = Object.entries(queries.outcomeSums()).map(([outcome, value]) => ({ labels: { outcome }, value }));
  return { name: 'sputnik_outcomes_total', help: 'Fetched pages by outcome, of all runs', type: 'counter', samples };
}

/** @returns the text that a scrape reads. Pure. */
function renderMetrics(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => {
      const lines = samples.map(({ labels = {}, value }) => `${name}${labelsOf(labels)} ${value}`);
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`;
    })
    .join('');
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
