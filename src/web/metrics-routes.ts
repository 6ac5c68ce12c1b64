import type { CatalogueQueries } from '../store/catalogue/catalogue-queries.js';
import { driftMetrics, type DriftMetric } from '../store/drift/drift-metrics.js';
import type { Route } from './answer.js';
import { renderMetrics, type Metric } from './metrics.js';
import type { QueueCounts, WebSources } from './web-sources.js';

/** `/metrics` for Prometheus. */
export function metricsRoutes({ catalogue, status, version }: WebSources): Route {
  return async ({ path }) => {
    if (path !== '/metrics') return null;
    const { queues } = await status();
    const reader = catalogue.reader();
    const metrics = [
      gauge('sputnik_build_info', 'The version that answers', [{ labels: { version }, value: 1 }]),
      gauge('sputnik_redis_up', 'Whether Redis answers', [{ value: Number(queues !== null) }]),
      ...queueMetrics(queues ?? []),
      ...(reader === null ? [] : metricsOf(reader)),
    ];
    return { status: 200, contentType: 'text/plain; version=0.0.4; charset=utf-8', body: renderMetrics(metrics) };
  };
}

function metricsOf(reader: CatalogueQueries): Metric[] {
  return [...corpusMetrics(reader), ...freshnessMetrics(reader), ...readingMetrics(reader), outcomeMetric(reader)];
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

function corpusMetrics(reader: CatalogueQueries): Metric[] {
  const counts = reader.counts();
  const kinds = ['articles', 'duplicates', 'nearDuplicates', 'renditions', 'revisions', 'gone'] as const;
  const topics = Object.entries(counts.topics).map(([topic, value]) => ({ labels: { topic }, value }));
  const pages = Object.entries(counts.pages).flatMap(([edition, states]) =>
    Object.entries(states).map(([state, value]) => ({ labels: { edition, state }, value })),
  );
  return [
    gauge(
      'sputnik_records',
      'Stored by kind',
      kinds.map((kind) => ({ labels: { kind }, value: counts[kind] })),
    ),
    gauge('sputnik_topic_articles', 'Articles on a topic', topics),
    gauge('sputnik_pages', 'Known pages by edition and end state', pages),
    gauge('sputnik_quarantined_pages', 'Pages that wait for a decision', [{ value: counts.quarantined }]),
  ];
}

function freshnessMetrics(reader: CatalogueQueries): Metric[] {
  const lines = reader.freshness();
  const samplesOf = (valueOf: (line: (typeof lines)[number]) => number | null): Metric['samples'] =>
    lines.flatMap((line) => {
      const value = valueOf(line);
      return value === null ? [] : [{ labels: { edition: line.edition, topic: line.topic ?? '' }, value }];
    });
  const seconds = (instant: string | null): number | null => (instant === null ? null : Date.parse(instant) / 1000);
  const of = 'of an edition, and of each topic in it (topic="" is the whole)';
  return [
    gauge(
      'sputnik_newest_published_seconds',
      `Newest publication ${of}`,
      samplesOf((l) => seconds(l.newestPublishedAt)),
    ),
    gauge(
      'sputnik_newest_first_seen_seconds',
      `Newest first sight ${of}`,
      samplesOf((l) => seconds(l.newestFirstSeenAt)),
    ),
    gauge(
      'sputnik_last_answered_seconds',
      `Newest answer ${of}`,
      samplesOf((l) => seconds(l.lastAnsweredAt)),
    ),
    gauge(
      'sputnik_usual_gap_seconds',
      `Usual time between publications ${of}`,
      samplesOf((l) => l.usualGapMs && l.usualGapMs / 1000),
    ),
  ];
}

const READING_METRICS: readonly (readonly [name: DriftMetric['name'], help: string])[] = [
  ['reading_pages', 'Pages read on the newest day of an edition, by reader and field'],
  ['reading_filled_pages', 'Those of them in which the field was found'],
  ['reading_drift', '1 for each field that is found less often than before; absent where there is none'],
  ['reading_disagreement_pages', 'Pages of the last 30 days on which two places contradict each other about a field'],
];

function readingMetrics(reader: CatalogueQueries): Metric[] {
  const found = driftMetrics(reader.drift());
  return READING_METRICS.map(([name, help]) =>
    gauge(
      `sputnik_${name}`,
      help,
      found.filter((metric) => metric.name === name),
    ),
  );
}

function outcomeMetric(reader: CatalogueQueries): Metric {
  const samples = Object.entries(reader.outcomeSums()).map(([outcome, value]) => ({ labels: { outcome }, value }));
  return { name: 'sputnik_outcomes_total', help: 'Fetched pages by outcome, of all runs', type: 'counter', samples };
}
