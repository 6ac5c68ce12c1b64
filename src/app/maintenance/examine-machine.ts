import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { probeEditions, type EditionProbe } from '../../crawlers/probe-editions.js';
import { FatalError } from '../../domain/errors.js';
import { Closers } from '../../platform/closers.js';
import { createFolder } from '../../platform/atomic-files.js';
import { checkWrites, evictionRemedy, evicts, inspectRedis, refuseOldRedis } from '../../redis/check-redis.js';
import { connectRedis, describeLocation } from '../../redis/connection.js';
import { findRedisServer } from '../../redis/find-redis-server.js';
import { findInstalledBrowser } from '../../crawlers/browser/find-browser.js';
import { findRedis } from '../../redis/find-redis.js';
import { servicePrefix, type Runtime } from '../harvester/runtime.js';

export interface Finding {
  readonly subject: string;
  /** `advice`: works, but not at its best. */
  readonly verdict: 'good' | 'advice' | 'bad';
  readonly detail: string;
  /** What mends it, null where nothing is to be mended. */
  readonly remedy: string | null;
}

const NODE_MAJOR_MIN = 20;
const FREE_BYTES_MIN = 1_000_000_000;
/** Times of articles are judged against our clock; more than this makes good ones implausible. */
const SKEW_MS_MAX = 5 * 60_000;

const EDITION_REMEDIES: Partial<Record<NonNullable<EditionProbe['failure']>, string>> = {
  dns: 'check the name server; in the EU providers withhold these names: set proxy.urls',
  legalBlock: 'withheld here by law (in the EU by Council Regulation 2022/350): set proxy.urls',
  forbidden: 'this address may not read it: set proxy.urls, and politeness.userAgent to one that names you',
  blockPage:
    'a page of the provider stands in its place, as in the EU since Council Regulation 2022/350: set proxy.urls',
  challenge: 'the site wants to see a browser or a person: `sputnik doctor --fetch-browser`, browser.mode: fallback',
  serverError: 'the site itself fails: nothing to do here; the next crawl tries again',
  tls: 'no connection over TLS that can be trusted, as where somebody listens in: check the clock and the network, or set proxy.urls',
  redirectForbidden:
    'it leads to a host that is not configured, as block pages do: set proxy.urls, or, if the site has moved there, add the host to its hosts',
  reset: 'the connection is cut on the way, as blocks do: set proxy.urls',
  timeout: 'no answer: check the network, or set proxy.urls',
  refused: 'nothing listens there: check fetchFrom or the proxy',
  rateLimited: 'asked too often: raise politeness.delayMs and wait',
};

/** Looks at everything the program stands on; changes nothing but for one file under dataDir and one key in Redis, which it writes and removes. */
export async function examineMachine(runtime: Runtime, signal: AbortSignal): Promise<Finding[]> {
  const { config, clock } = runtime;
  const editions = config.editions.filter(({ enabled }) => enabled);
  const [redis, browser, disk, probes] = await Promise.all([
    examineRedis(runtime),
    examineBrowser(runtime),
    examineDisk(config.dataDir),
    probeEditions(editions, config, clock, signal),
  ]);
  return [examineNode(), disk, redis, browser, examineClock(probes), ...probes.map(examineEdition)];
}

function examineNode(): Finding {
  const { node } = process.versions;
  const isGood = Number(node.split('.')[0]) >= NODE_MAJOR_MIN;
  return {
    subject: 'node',
    verdict: isGood ? 'good' : 'bad',
    detail: `version ${node}`,
    remedy: isGood ? null : `install Node ${NODE_MAJOR_MIN} or later`,
  };
}

async function examineRedis({ config, environment, log }: Runtime): Promise<Finding> {
  const subject = 'redis';
  const closers = new Closers(log);
  try {
    const location = findRedis(config);
    if (location === null) {
      const { program } = await findRedisServer(environment.cacheFolder, () => undefined);
      return {
        subject,
        verdict: 'good',
        detail: `none runs now; ${program} is started when it is needed`,
        remedy: null,
      };
    }
    const redis = await connectRedis(location, 'producer');
    closers.push('redis', () => {
      redis.disconnect();
    });
    await refuseOldRedis({ redis, location });
    await checkWrites({ redis, location }, servicePrefix(config));
    const server = await inspectRedis({ redis, location });
    const detail = `version ${server.version} at ${describeLocation(location)}`;
    if (!evicts(server)) return { subject, verdict: 'good', detail, remedy: null };
    return {
      subject,
      verdict: server.memoryBytesMax === null ? 'advice' : 'bad',
      detail: `${detail} drops keys when its memory is full (maxmemory-policy ${server.policy ?? ''})`,
      remedy: evictionRemedy(location),
    };
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    return { subject, verdict: 'bad', detail: error.message, remedy: error.hint };
  } finally {
    await closers.closeAll();
  }
}

async function examineBrowser({ config, environment }: Runtime): Promise<Finding> {
  const subject = 'browser';
  if (config.browser.mode === 'never') {
    return { subject, verdict: 'good', detail: 'not used (browser.mode is never)', remedy: null };
  }
  const path = await findInstalledBrowser(config, environment);
  if (path !== null) return { subject, verdict: 'good', detail: path, remedy: null };
  return {
    subject,
    verdict: config.browser.mode === 'always' || config.browser.executablePath !== null ? 'bad' : 'advice',
    detail: 'none found; pages that need one are handed on as they are',
    remedy: '`sputnik doctor --fetch-browser` (Debian, Ubuntu), or install Chromium and set browser.executablePath',
  };
}

async function examineDisk(dataDir: string): Promise<Finding> {
  const subject = 'disk';
  const probe = join(dataDir, `.doctor-${process.pid}`);
  try {
    createFolder(dataDir);
    await writeFile(probe, 'written by sputnik doctor\n');
    await rm(probe);
    const { bavail, bsize } = await statfs(dataDir);
    const freeBytes = bavail * bsize;
    const detail = `${dataDir} can be written, ${(freeBytes / 1e9).toFixed(1)} GB free`;
    if (freeBytes >= FREE_BYTES_MIN) return { subject, verdict: 'good', detail, remedy: null };
    return { subject, verdict: 'advice', detail, remedy: 'make room, or name another dataDir' };
  } catch (error) {
    const detail = `${dataDir} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    return { subject, verdict: 'bad', detail, remedy: 'make it writable, or name another dataDir' };
  }
}

function examineClock(probes: readonly EditionProbe[]): Finding {
  const subject = 'clock';
  const skews = probes.flatMap(({ clockSkewMs }) => (clockSkewMs === null ? [] : [clockSkewMs])).sort((a, b) => a - b);
  const median = skews[Math.floor(skews.length / 2)];
  if (median === undefined) {
    return { subject, verdict: 'advice', detail: 'no site answered, so it could not be compared', remedy: null };
  }
  const detail = `${Math.abs(Math.round(median / 1000))} s ${median < 0 ? 'ahead of' : 'behind'} the sites`;
  if (Math.abs(median) <= SKEW_MS_MAX) return { subject, verdict: 'good', detail, remedy: null };
  return { subject, verdict: 'bad', detail, remedy: 'set the clock (timedatectl set-ntp true)' };
}

function examineEdition({ edition, failure, detail }: EditionProbe): Finding {
  if (failure === null) return { subject: edition, verdict: 'good', detail, remedy: null };
  const remedy = EDITION_REMEDIES[failure] ?? 'look at the detail; the next crawl tries again';
  return { subject: edition, verdict: 'bad', detail: `${failure}: ${detail}`, remedy };
}
