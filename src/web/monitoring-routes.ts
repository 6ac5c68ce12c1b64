import type { FastifyPluginCallback } from 'fastify';
import { Counter, Gauge, Registry } from 'prom-client';
import { DAY_MS } from '../domain/units.js';
import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import type { Freshness } from '../store/catalogue/judge-freshness.js';
import { type DriftMetric, driftMetrics } from '../store/drift/drift-report.js';
import type { WebStatus } from './sources/views.js';
import { counter, countRequests, gauge, type Metric, watchProcess } from './process-metrics.js';
import type { WebSources } from './web-sources.js';

/** `/metrics` for Prometheus: the corpus and the queues, whichever process works on them, and what this process did since its start. */
export function metricsRoutes(sources: WebSources): FastifyPluginCallback {
  return (app, _options, done) => {
    const requests = countRequests();
    const work = watchProcess();
    app.addHook('onClose', () => {
      requests.stop();
      work.stop();
      return Promise.resolve();
    });
    app.get('/metrics', async (_request, reply) => {
      const read = snapshotOf([...(await readMetrics(sources)), ...work.read()]);
      const all = Registry.merge([read, requests.registry]);
      // prom-client puts an empty line between two families.
      return reply.type(all.contentType).send((await all.metrics()).replaceAll('\n\n', '\n'));
    });
    done();
  };
}

/** @returns a registry with these values; a family without values is left out. */
function snapshotOf(metrics: readonly Metric[]): Registry {
  const registry = new Registry();
  for (const { name, help, type, samples: all } of metrics) {
    const samples = all.flatMap(({ labels = {}, value }) => (value === null ? [] : [{ labels, value }]));
    if (samples.length === 0) continue;
    const labelNames = [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))];
    const options = { name, help, labelNames, registers: [registry] };
    const family = type === 'counter' ? new Counter(options) : new Gauge(options);
    for (const { labels, value } of samples) family.inc(labels, value);
  }
  return registry;
}

async function readMetrics({ catalogue, status, version, now = Date.now }: WebSources): Promise<Metric[]> {
  const { queues, hosts, freshness, failingPages, runCounts, notify } = await status();
  const queries = catalogue.queries();
  return [
    gauge('sputnik_build_info', 'Version of this program', [{ labels: { version }, value: 1 }]),
    gauge('sputnik_redis_up', 'Whether Redis answers', [{ value: Number(queues !== null) }]),
    ...queueMetrics(queues ?? []),
    ...hostMetrics(hosts ?? []),
    ...freshnessMetrics(freshness),
    gauge('sputnik_failing_pages', 'Pages whose newest attempt failed', [{ value: failingPages.count }]),
    gauge('sputnik_undelivered_messages', 'Notifications that could not be delivered', [
      { value: notify?.undelivered.count ?? null },
    ]),
    ...runMetrics(runCounts),
    ...(queries === null
      ? []
      : [...corpusMetrics(queries), ...delayMetrics(queries, now()), ...readingMetrics(queries)]),
  ];
}

const JOB_STATES = ['waiting', 'active', 'delayed', 'failed'] as const;

function queueMetrics(queues: NonNullable<WebStatus['queues']>): Metric[] {
  const jobs = queues.flatMap((queue) =>
    JOB_STATES.map((state) => ({ labels: { queue: queue.name, state }, value: queue[state] })),
  );
  const ages = queues.map(({ name, oldestWaitingMs = 0 }) => ({
    labels: { queue: name },
    value: oldestWaitingMs / 1_000,
  }));
  return [
    gauge('sputnik_queue_jobs', 'Jobs in a queue by state', jobs),
    gauge('sputnik_queue_oldest_waiting_seconds', 'Age of the oldest waiting job; 0: none waits', ages),
  ];
}

const HOST_METRICS = [
  ['spacing', 'spacingMs', 'Time between two requests to a host, including any slowing down'],
  ['slowed', 'slowedMs', 'Part of it that is due to the host asking for fewer requests or being unreachable'],
  ['quiet', 'quietMs', 'Time until the next request to a host is allowed'],
] as const;

function hostMetrics(hosts: NonNullable<WebStatus['hosts']>): Metric[] {
  return HOST_METRICS.map(([name, key, help]) => {
    const samples = hosts.map((host) => ({ labels: { host: host.host }, value: host[key] / 1_000 }));
    return gauge(`sputnik_host_${name}_seconds`, help, samples);
  });
}

function runMetrics(counts: WebStatus['runCounts']): Metric[] {
  const samplesOf = (kind: 'skipped' | 'overlong') =>
    counts.map(({ schedule, edition, ...count }) => ({ labels: { schedule, edition }, value: count[kind] }));
  return [
    counter(
      'sputnik_skipped_runs_total',
      'Runs that were skipped because the last one was still going on',
      samplesOf('skipped'),
    ),
    counter('sputnik_overlong_runs_total', 'Runs that were ended at their deadline', samplesOf('overlong')),
  ];
}

const RECORD_KINDS = ['articles', 'duplicates', 'nearDuplicates', 'renditions', 'revisions', 'gone'] as const;

function corpusMetrics(queries: CatalogueQueries): Metric[] {
  const counts = queries.corpus.counts();
  const records = RECORD_KINDS.map((kind) => ({ labels: { kind }, value: counts[kind] }));
  const topics = Object.entries(counts.topics).map(([topic, value]) => ({ labels: { topic }, value }));
  const pages = Object.entries(counts.pages).flatMap(([edition, states]) =>
    Object.entries(states).map(([state, value]) => ({ labels: { edition, state }, value })),
  );
  const outcomes = Object.entries(queries.runs.outcomeSums()).map(([outcome, value]) => ({
    labels: { outcome },
    value,
  }));
  return [
    counter('sputnik_outcomes_total', 'Fetched pages by outcome, of all runs', outcomes),
    gauge('sputnik_records', 'Stored records by kind', records),
    gauge('sputnik_topic_articles', 'Articles on a topic', topics),
    gauge('sputnik_pages', 'Known pages by edition and end state', pages),
    gauge('sputnik_quarantined_pages', 'Pages that wait for a decision', [{ value: counts.quarantined }]),
  ];
}

/** Time from publication to storing of the articles that were first seen today or yesterday (UTC), within a week of their publication. */
function delayMetrics(queries: CatalogueQueries, nowMs: number): Metric[] {
  const yesterday = new Date(nowMs - DAY_MS).toISOString().slice(0, 10);
  const samples = queries.views.delays(yesterday).flatMap(({ day, median, slow }) => [
    { labels: { day: day === yesterday ? 'yesterday' : 'today', statistic: 'median' }, value: median },
    { labels: { day: day === yesterday ? 'yesterday' : 'today', statistic: 'p95' }, value: slow },
  ]);
  return [gauge('sputnik_delay_seconds', 'Time from publication to storing of articles first seen on a day', samples)];
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
    row.lists.map(({ route, lastReadAt }) => ({ labels: { ...labelsOf(row), route }, value: secondsOf(lastReadAt) })),
  );
  return [
    gauge('sputnik_freshness', `1 for the state ${of}: ok, late, unreachable, neverRead, off`, states),
    gauge('sputnik_lists_read_seconds', `Last time a list was read, by route, ${of}`, reads),
    ...FRESHNESS_METRICS.map(([name, help, read]) => {
      const samples = rows.map((row) => ({ labels: labelsOf(row), value: read(row) }));
      return gauge(`sputnik_${name}`, `${help} ${of}`, samples);
    }),
  ];
}

function secondsOf(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant) / 1000;
}

const READING_METRICS: readonly (readonly [name: DriftMetric['name'], help: string])[] = [
  ['reading_pages', 'Pages read on the newest day of an edition, by extractor and field'],
  ['reading_filled_pages', 'Of those, pages in which the field was found'],
  ['reading_drift', '1 for each field that is found less often than before; absent where there is none'],
  ['reading_disagreement_pages', 'Pages of the last 30 days on which two sources contradict each other about a field'],
];

function readingMetrics(queries: CatalogueQueries): Metric[] {
  const found = driftMetrics(queries.drift());
  return READING_METRICS.map(([name, help]) => {
    const samples = found.filter((metric) => metric.name === name);
    return gauge(`sputnik_${name}`, help, samples);
  });
}

/** The answer of `/readyz`. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons: readonly string[];
  /** The first hundred pages that do not answer. They do not count as a reason. */
  readonly failingPages: readonly string[];
}

/** `/healthz`: 200 while the process lives. `/readyz`: 200, or 503 with the reasons, which only authorised callers see. */
export function healthRoutes(readiness: () => Promise<Readiness>): FastifyPluginCallback {
  return (app, _options, done) => {
    app.get('/healthz', () => ({ status: 'alive' }));
    app.get('/readyz', async ({ isAuthorised }, reply) => {
      const { ready, ...told } = await readiness().catch((error: unknown) => ({
        ready: false,
        reasons: [String(error)],
        failingPages: [],
      }));
      return reply.code(ready ? 200 : 503).send(isAuthorised ? { ready, ...told } : { ready });
    });
    done();
  };
}
