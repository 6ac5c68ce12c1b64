// Opens a data directory as the built service does, processes the captures that have no end state, and closes; dies by SIGKILL where it is
// told to. `node process-captures.js '{"configFile":…,"dataDir":…,"crash":{"point":…,"nth":…}}'`
import { openHarvester } from '../../../dist/src/app/harvester/open-harvester.js';
import { loadEnvironment } from '../../../dist/src/config/environment.js';
import { loadConfig } from '../../../dist/src/config/load-config.js';
import { systemClock } from '../../../dist/src/platform/clock.js';
import { Closers } from '../../../dist/src/platform/closers.js';
import { silentLogger } from '../../../dist/src/platform/logger.js';

const { configFile, dataDir, crash } = JSON.parse(process.argv[2]);
const config = loadConfig({ configFile, flags: { dataDir } });
let reached = 0;
const crashPoint = (point) => {
  if (crash === null || point !== crash.point) return;
  reached += 1;
  if (reached === crash.nth) process.kill(process.pid, 'SIGKILL');
};
const fail = (error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
};
const runtime = { config, environment: loadEnvironment(), clock: systemClock, log: silentLogger, crashPoint };
try {
  const request = {
    purpose: 'crawl',
    onFatal: fail,
    closers: new Closers(silentLogger),
  };
  const harvester = await openHarvester(runtime, request);
  for (;;) {
    const {
      waiting = 0,
      wait = 0,
      active = 0,
      delayed = 0,
      prioritized = 0,
    } = await harvester.queues.page.getJobCounts();
    if (waiting + wait + active + delayed + prioritized === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await harvester.closers.closeAll();
} catch (error) {
  fail(error);
}
