import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** How a run ended, in numbers of tests. */
export interface TestCounts {
  readonly passed: number;
  /** Failed tests, and everything else that makes the run fail: files that do not load, failed hooks, errors outside every test. */
  readonly failed: number;
  readonly skipped: number;
}

/** The part of a test module that the counting reads. */
export type CountedModule = Pick<TestModule, 'children' | 'errors'>;

/**
 * Counts a finished run so that `failed` is 0 exactly where the run succeeded.
 *
 * A test that was begun and never ended (its process died) counts as failed.
 */
export function countTests(modules: readonly CountedModule[], otherErrors: number): TestCounts {
  const counts = { passed: 0, failed: otherErrors, skipped: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) counts.failed += 1;
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) counts.failed += 1;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      counts[state === 'pending' ? 'failed' : state] += 1;
    }
  }
  return counts;
}

/** @returns `12 passed, 0 failed`, and `, 1 skipped` where there is one. */
export function closingLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * Ends a run with one colourless line of counts, the last on standard output: scripts read it.
 *
 * It is written while the process exits, because vitest and global teardowns may still print after the run's end.
 */
export class ClosingLineReporter implements Reporter {
  #line: string | null = null;

  onInit(): void {
    process.once('exit', () => {
      if (this.#line !== null) process.stdout.write(`${this.#line}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    this.#line = closingLine(countTests(modules, errors.length));
  }
}
