import { defineConfig } from 'vitest/config';
import { TableReporter } from './table-reporter.js';

/** Benchmarks are never run by `npm test`: `npm run bench:steps`, or `npm run bench:steps -- NAME` for one of them. */
export default defineConfig({
  test: {
    include: ['bench/steps/*.bench.ts'],
    reporters: [new TableReporter()],
    testTimeout: 3_600_000,
    maxWorkers: 1,
  },
});
