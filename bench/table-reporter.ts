import type { Reporter, TestModule, Vitest } from 'vitest/node';

type ConsoleLog = Parameters<NonNullable<Reporter['onUserConsoleLog']>>[0];

/** Ends a run of benches with one table: what each of them printed, and how long it took. */
export class TableReporter implements Reporter {
  #vitest: Vitest | null = null;
  readonly #lines: { readonly bench: string; readonly line: string }[] = [];

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onUserConsoleLog({ taskId, content }: ConsoleLog): void {
    const task = taskId === undefined ? undefined : this.#vitest?.state.idMap.get(taskId);
    const bench = task === undefined ? '' : nameOf(task.file.name);
    for (const line of content.split('\n')) {
      if (line.trim() === '') continue;
      this.#lines.push({ bench, line });
      process.stdout.write(`${bench}: ${line}\n`);
    }
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap((module) => {
      const bench = nameOf(module.relativeModuleId);
      const state = module.ok() ? `${Math.round(module.diagnostic().duration / 1000)} s in all` : 'FAILED';
      return [{ bench, line: state }, ...this.#lines.filter((row) => row.bench === bench)];
    });
    const width = Math.max(5, ...rows.map(({ bench }) => bench.length));
    process.stdout.write(`\n${'bench'.padEnd(width)}  measured\n`);
    let last = '';
    for (const { bench, line } of rows) {
      process.stdout.write(`${(bench === last ? '' : bench).padEnd(width)}  ${line}\n`);
      last = bench;
    }
  }
}

function nameOf(path: string): string {
  return /([^/]+)\.bench\.ts$/.exec(path)?.[1] ?? path;
}
