import { workerData } from 'node:worker_threads';
import type { Edition } from '../domain/edition.js';
import { readReceivedList } from '../sputnik/lists/parse-list.js';
import type { ListTask, ReadList } from '../sputnik/lists/parsed-list.js';
import { createUrlRules } from '../sputnik/urls/url-rules.js';

const rules = createUrlRules(workerData as readonly Edition[]);

/** What a list thread does, called once for each list. */
export default (task: ListTask): ReadList => readReceivedList(task, rules);
