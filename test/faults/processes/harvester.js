// Runs one crawl of the built program as `sputnik crawl` does, or decides about pages as `sputnik failed` does, with what only a test may give it: a moment at which it is
// killed, and a clock that jumps. `node harvester.js '{"configFile":…,"dataDir":…,"crash":{"point":…,"nth":…},"jumps":[…]}'`
import { loadEnvironment } from '../../../dist/src/config/environment.js';
import { loadConfig } from '../../../dist/src/config/load-config.js';
import { decideQuarantined } from '../../../dist/src/app/maintenance/decide-quarantined.js';
import { requestCrawl } from '../../../dist/src/app/crawl/request-crawl.js';
import { exitCodeOf } from '../../../dist/src/platform/exit-codes.js';
import { openLogger } from '../../../dist/src/platform/logger.js';

const {
  configFile,
  dataDir,
  crash = null,
  jumps = [],
  refetch = true,
  decision = null,
  crawlTimes,
} = JSON.parse(process.argv[2]);
const config = loadConfig({ configFile, flags: { dataDir, logLevel: 'info' } });
const startedAt = performance.now();
let reached = 0;

const clock = {
  now: () => {
    const ranMs = performance.now() - startedAt;
    return jumps.filter(({ afterMs }) => ranMs >= afterMs).reduce((now, { byMs }) => now + byMs, Date.now());
  },
};
const crashPoint = (point) => {
  if (crash === null || point !== crash.point) return;
  reached += 1;
  if (reached === crash.nth) process.kill(process.pid, 'SIGKILL');
};
const job = {
  ...{ v: 1, runId: null, requestedBy: 'cli', editions: null, topics: null, since: null, until: null, via: null },
  ...{ urls: [], limit: null, refetch, revisitOnly: false, attached: true },
};
try {
  const runtime = {
    ...{ config, clock, crashPoint, environment: loadEnvironment(), log: await openLogger('info', null) },
    ...{ signal: new AbortController().signal, onProgress: () => undefined, onWaiting: () => undefined, crawlTimes },
  };
  if (decision === null) {
    const answer = await requestCrawl(job, { ...runtime, detach: false });
    process.stdout.write(`${JSON.stringify(answer.summary)}\n`);
  } else {
    await decideQuarantined({ ...runtime, ...decision });
  }
} catch (error) {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = exitCodeOf(error);
}
