import { defineConfig } from 'vitest/config';

/** Benchmarks are run by name, never by `npm test`: npx vitest run --config bench/vitest.config.ts NAME */
export default defineConfig({
  test: {
    include: ['bench/**/*.bench.ts'],
    testTimeout: 3_600_000,
    maxWorkers: 1,
    disableConsoleIntercept: true,
  },
});
