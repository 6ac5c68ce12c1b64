import type { Reporter, TestModule, Vitest } from 'vitest/node';

type ConsoleLog = Parameters<NonNullable<Reporter['onUserConsoleLog']>>[0];

/** Ends a run of benches with one table: what each of them printed, and how long it took. */
export class TableReporter implements Reporter {
  #vitest: Vitest | null = null;
  readonly #lines: { readonly deps: string; readonly line: string }[] = [];

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onUserConsoleLog({ taskId, content }: ConsoleLog): void {
    const task = taskId === undefined ? undefined : this.#vitest?.state.idMap.get(taskId);
    const deps = task === undefined ? '' : nameOf(task.file.name);
    for (const line of content.split('\n')) {
      if (line.trim() === '') continue;
      this.#lines.push({ deps, line });
      process.stdout.write(`${deps}: ${line}\n`);
    }
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap((module) => {
      const deps = nameOf(module.relativeModuleId);
      const state = module.ok() ? `${Math.round(module.diagnostic().duration / 1000)} s in all` : 'FAILED';
      return [{ deps, line: state }, ...this.#lines.filter((row) => row.deps === deps)];
    });
    const width = Math.max(5, ...rows.map(({ deps }) => deps.length));
    process.stdout.write(`\n${'bench'.padEnd(width)}  measured\n`);
    let last = '';
    for (const { deps, line } of rows) {
      process.stdout.write(`${(deps === last ? '' : deps).padEnd(width)}  ${line}\n`);
      last = deps;
    }
  }
}

function nameOf(path: string): string {
  return /([^/]+)\.bench\.ts$/.exec(path)?.[1] ?? path;
}
