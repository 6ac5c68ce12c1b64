// Runs parts of the built service as `sputnik serve --only …` does, until it is killed: by a signal, or at a named moment.
// `node service.js '{"configFile":…,"dataDir":…,"parts":["crawl"],"crash":{"point":…,"nth":…}}'`, Redis in REDIS_URL.
import { loadEnvironment } from '../../../dist/src/config/environment.js';
import { loadConfig } from '../../../dist/src/config/load-config.js';
import { runService } from '../../../dist/src/app/service/run-service.js';
import { exitCodeOf } from '../../../dist/src/platform/exit-codes.js';
import { openLogger } from '../../../dist/src/platform/logger.js';

const { configFile, dataDir, parts, crash = null } = JSON.parse(process.argv[2]);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
let reached = 0;

const crashPoint = (point) => {
  if (crash === null || point !== crash.point) return;
  reached += 1;
  if (reached === crash.nth) process.kill(process.pid, 'SIGKILL');
};
try {
  await runService({
    config: loadConfig({ configFile, flags: { dataDir, logLevel: 'info' } }),
    clock: { now: () => Date.now() },
    environment: loadEnvironment(),
    log: await openLogger('info', null),
    signal: stop.signal,
    onReady: () => process.stdout.write('ready\n'),
    crashPoint,
    parts,
  });
} catch (error) {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = exitCodeOf(error);
}
process.exit();
