import type { Edition } from '../domain/edition.js' with { 'resolution-mode': 'import' };
import type { ListTask } from '../sputnik/lists/parse-list.js' with { 'resolution-mode': 'import' };

const modules = Promise.all([
  import('piscina'),
  import('../sputnik/lists/parse-list.js'),
  import('../sputnik/urls/url-rules.js'),
]);

/** Where a list thread starts, called once for each list; a CommonJS module for the reason that `extract-thread-entry.cts` tells. */
export = {
  // piscina looks for the handler under `default`.
  __esModule: true,
  default: modules.then(([{ workerData }, { readReceivedList }, { createUrlRules }]) => {
    const rules = createUrlRules(workerData as readonly Edition[]);
    return (task: ListTask) => readReceivedList(task, rules);
  }),
};
