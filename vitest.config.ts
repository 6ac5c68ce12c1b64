import { relative } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ClosingLineReporter } from './test/reporter/closing-line.js';

/** Tests that start servers, browsers and processes of their own, and the check of all patterns, which takes as long. */
const WHOLE_PROGRAM = ['test/integration/**/*.test.ts', 'test/faults/**/*.test.ts', 'test/quality/patterns/*.test.ts'];
/**
 * They wait as much as they work, so that two cores do well with three at a time, and with a fourth beside the isolation test, which
 * waits nearly all of its five minutes; each has folders, ports and a Redis of its own.
 */
const WHOLE_PROGRAM_WORKERS = 4;

/** What takes 25 seconds or more, the longest first, so that the end of a run does not wait for one file; the others follow by size. */
const LONGEST_FIRST = [
  'test/integration/isolation/isolation.test.ts',
  'test/integration/weeks/weeks.test.ts',
  'test/faults/crash-points.test.ts',
  'test/faults/random-kills.test.ts',
  'test/faults/redis.test.ts',
  'test/integration/program/verbs.test.ts',
  'test/faults/disk.test.ts',
  'test/faults/hostile-site.test.ts',
  'test/integration/program/backfill.test.ts',
  'test/integration/crawlers/browser-guard.test.ts',
  'test/faults/hostile-hour.test.ts',
  'test/faults/signals.test.ts',
  'test/integration/program/pages.test.ts',
  'test/integration/program/freshness.test.ts',
  'test/integration/program/coverage.test.ts',
  'test/faults/notifications.test.ts',
  'test/quality/patterns/linear-patterns.test.ts',
  'test/integration/crawlers/browser.test.ts',
  'test/faults/health.test.ts',
  'test/faults/redis-failover.test.ts',
  'test/integration/program/arrival-order.test.ts',
  'test/integration/weeks/notices.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST_FIRST.indexOf(relative(import.meta.dirname, moduleId));
      return at === -1 ? LONGEST_FIRST.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLineReporter()],
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/architecture/**/*.test.ts', 'test/contract/**/*.test.ts'],
          // One process runs many files: a third of the time went into loading the same modules again.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'other',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            ...WHOLE_PROGRAM,
            'test/unit/**',
            'test/architecture/**',
            'test/contract/**',
          ],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: WHOLE_PROGRAM,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: WHOLE_PROGRAM_WORKERS,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
