import { expect } from 'vitest';
import type { TruthArticle } from '../../testsite/content/truth.js';
import { createWorkplace, type Workplace } from '../integration/program/run-sputnik.js';
import { differencesFromTruth } from './compare-with-truth.js';
import { endOf, pause, startProgram, until, type RunningProgram } from './faulty-program.js';
import { killTree, redisOf, sendSignal } from './process-tree.js';
import { seededRandom } from './random.js';
import { settingsFor } from './site-settings.js';
import { startSite, type SiteProcess } from './site-process.js';

export interface KillPlan {
  readonly seed: number;
  readonly rounds: number;
  /** After so many kills one undisturbed crawl follows, everything is compared, and a fresh data directory is begun. */
  readonly roundsPerLife: number;
  readonly say: (line: string) => void;
}

/** How many rounds of each kind there were. */
export type KillTally = Readonly<Record<string, number>>;

const EDITIONS = ['sputniknews.cn', 'big5.sputniknews.cn', 'am.sputniknews.ru'];
const STORIES = 40;
/** About as many requests as one crawl of the site needs. */
const REQUESTS = 85;
/** A service is stopped in order, a command ends by itself, at the latest after this long. */
const END_MS = 60_000;

/**
 * Crawls the test site and kills the program at random moments, life after life; at the end of each life one crawl is
 * left undisturbed, and the data directory is compared with the truth. The site goes on publishing and editing meanwhile.
 *
 * @throws at the first life that does not end equal to the truth, with the seed and what was done in it.
 */
export async function killAndCompare(plan: KillPlan): Promise<KillTally> {
  const random = seededRandom(plan.seed);
  const tally: Record<string, number> = {};
  const site = await startSite({
    seed: plan.seed,
    stories: STORIES,
    editions: EDITIONS,
    duplicates: { exact: 1, near: 1 },
  });
  try {
    for (let done = 0; done < plan.rounds; done += plan.roundsPerLife) {
      const rounds = Math.min(plan.roundsPerLife, plan.rounds - done);
      await liveAndCompare(site, rounds, random, tally, plan);
      plan.say(`seed ${plan.seed}: ${done + rounds} of ${plan.rounds} kills: ${JSON.stringify(tally)}`);
    }
  } finally {
    await site.stop();
  }
  return tally;
}

async function liveAndCompare(
  site: SiteProcess,
  rounds: number,
  random: () => number,
  tally: Record<string, number>,
  plan: KillPlan,
): Promise<void> {
  const workplace = await createWorkplace(await settingsFor(site));
  const log: string[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const did = await killOnce(workplace, site, random);
      log.push(did);
      tally[did.replace(/ after.*/, '')] = (tally[did.replace(/ after.*/, '')] ?? 0) + 1;
      if (random() < 0.5) log.push(await changeSite(site, random));
    }
    await expectEqual(workplace, site, log, plan.seed);
    await workplace.remove();
  } catch (error) {
    plan.say(`kept for a look: ${workplace.dataDir}`);
    throw error;
  }
}

/** Something is edited or published, as on any day; captures bear seconds, so the next crawl comes in a later one. */
async function changeSite(site: SiteProcess, random: () => number): Promise<string> {
  const truth = await site.truth();
  // A copy stays a copy: neither it nor its original is edited.
  const copied = new Set(
    truth.flatMap(({ articleId, copyOf }) => (copyOf === null ? [] : [articleId, copyOf.articleId])),
  );
  const free = truth.filter(({ articleId }) => !copied.has(articleId));
  const pick = (): TruthArticle => free[Math.floor(random() * free.length)] as TruthArticle;
  await pause(1_001 - (Date.now() % 1_000));
  if (random() < 0.5) return `published ${await site.publish({ family: pick().family })}`;
  const { articleId } = pick();
  await site.edit(articleId, { appendParagraph: `Addendum ${Math.floor(random() * 1e9)}.` });
  return `edited ${articleId}`;
}

async function killOnce(workplace: Workplace, site: SiteProcess, random: () => number): Promise<string> {
  const verb = random() < 0.6 ? 'crawl' : 'serve';
  const draw = random();
  const victim = draw < 0.6 ? 'everything' : draw < 0.8 ? 'node' : 'redis';
  const words = verb === 'crawl' ? ['crawl', ...(random() < 0.5 ? ['--refetch'] : [])] : ['serve'];
  await site.clearRequests();
  const program = startProgram(workplace, words);
  // Some moments lie before the first request, most between requests, some behind the last one.
  const requests = Math.floor(random() * REQUESTS * 1.2) - 10;
  const idleMs = random() * (requests < 0 ? 1_500 : 60);
  const moment = `${requests} requests and ${Math.round(idleMs)} ms`;
  await until(() => site.requestCount() >= requests, program, 3_000);
  await pause(idleMs);
  await kill(program, victim, verb);
  await endOf(program, END_MS);
  return `${verb}: killed ${victim} after ${moment}`;
}

async function kill(program: RunningProgram, victim: string, verb: string): Promise<void> {
  if (program.hasEnded()) return;
  if (victim === 'everything') {
    killTree(program.pid);
  } else if (victim === 'node') {
    sendSignal(program.pid, 'SIGKILL');
  } else {
    const redis = redisOf(program.pid);
    if (redis === null) killTree(program.pid);
    else {
      sendSignal(redis, 'SIGKILL');
      if (verb === 'serve') {
        await pause(300);
        sendSignal(program.pid, 'SIGTERM');
      }
    }
  }
}

async function expectEqual(
  workplace: Workplace,
  site: SiteProcess,
  log: readonly string[],
  seed: number,
): Promise<void> {
  const told = `seed ${seed}: ${log.join('; ')}`;
  const last = await endOf(startProgram(workplace, ['crawl', '--refetch']));
  expect(last.code, `${told}\n${last.stderr.slice(-3000)}`).toBe(0);
  expect(await differencesFromTruth(workplace.dataDir, site), told).toEqual([]);
  const verified = await workplace.run(['verify']);
  expect(verified.code, `${told}\n${verified.stdout}\n${verified.stderr}`).toBe(0);
}
