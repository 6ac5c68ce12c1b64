// The long runs of the tests, which `npm test` makes in a short form: `npm run soak -- --help`.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const HELP = `usage: npm run soak -- [PART ...] [options]

Parts, all of them where none is named:
  kills     SIGKILL at random moments, again and again; each data directory is compared with the site
  moments   SIGKILL at each named moment, an undisturbed crawl after each
  hosts     a writer and three crawl hosts on a Redis over TLS, each in a network of its own where root may make some, killed at
            random moments of a hand-over
  hostile   an hour of a service whose sites and visitors are hostile in every way at once
  redis     a Redis server that is frozen for good
  frozen    a crawl process that is frozen until another takes its crawl over, and wakes
  isolation an hour of a service with two editions down, one answering 429, ten pages that always fail
  memory    30,000 pages, each read again every minute: the writer's memory, and that of Redis
  weeks     three simulated weeks of a service, lists read as often as a real one reads them
  walk      a browser walks the pages over two thousand articles, with edits, withdrawals and a lost edition

Options:
  --rounds N    kills at random moments, 1 to 999999 (default 500)
  --seed N      of the random moments; the next lanes take the next numbers (default: from the clock, and said)
  --lanes N     sites that are crawled and killed side by side, 1 to 8 (default 1)
  --hostile N   minutes of the hostile hour (default 60)
  --minutes N   simulated minutes between two readings of the lists in the three weeks: 15, 30, 60 or 120 (default 30)

500 rounds take about half an hour on two cores, those of crawl hosts an hour, the weeks about ten minutes, the isolation an hour, the memory
20 minutes.
`;
const PARTS = {
  kills: 'test/faults/random-kills.test.ts',
  moments: 'test/faults/crash-points.test.ts',
  hosts: 'test/faults/crawl-hosts.test.ts',
  hostile: 'test/faults/hostile-hour.test.ts',
  redis: 'test/faults/frozen-redis.test.ts',
  frozen: 'test/faults/frozen-process.test.ts',
  isolation: 'test/integration/isolation/isolation.test.ts',
  memory: 'test/integration/isolation/memory.test.ts',
  weeks: 'test/integration/weeks/weeks.test.ts',
  walk: 'test/integration/program/walk.test.ts',
};
const OPTIONS = {
  rounds: { default: '500', form: /^[1-9]\d{0,5}$/, wanted: 'a number from 1 to 999999' },
  seed: { default: String(Date.now() % 1e9), form: /^\d{1,10}$/, wanted: 'a number of at most ten digits' },
  lanes: { default: '1', form: /^[1-8]$/, wanted: 'a number from 1 to 8' },
  hostile: { default: '60', form: /^[1-9]\d{0,3}$/, wanted: 'a number of minutes from 1 to 9999' },
  minutes: { default: '30', form: /^(?:15|30|60|120)$/, wanted: '15, 30, 60 or 120' },
};

function refuse(complaint) {
  process.stderr.write(`soak: ${complaint}\n`);
  process.exit(2);
}

function readArguments() {
  const options = Object.entries(OPTIONS).map(([name, { default: usual }]) => [
    name,
    { type: 'string', default: usual },
  ]);
  try {
    return parseArgs({
      options: { ...Object.fromEntries(options), help: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
  } catch (error) {
    return refuse(error.message);
  }
}

const { values, positionals } = readArguments();
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
for (const [name, { form, wanted }] of Object.entries(OPTIONS)) {
  if (!form.test(values[name])) refuse(`--${name} takes ${wanted}`);
}
for (const part of positionals) {
  if (!Object.hasOwn(PARTS, part)) refuse(`${part} is no part; wanted ${Object.keys(PARTS).join(', ')}`);
}
const parts = positionals.length === 0 ? Object.keys(PARTS) : positionals;
process.stdout.write(
  `soak: ${parts.join(', ')}: ${values.rounds} kills, seed ${values.seed}, lanes ${values.lanes}, lists every ${values.minutes} minutes\n`,
);
const { status } = spawnSync('npx', ['vitest', 'run', ...parts.map((part) => PARTS[part])], {
  stdio: 'inherit',
  env: {
    ...process.env,
    // None begins with SPUTNIK_: some parts start the program with this environment, and it refuses what is no setting of its.
    FAULT_ROUNDS: values.rounds,
    FAULT_SEED: values.seed,
    FAULT_LANES: values.lanes,
    SOAK_WEEKS_MINUTES: values.minutes,
    FAULT_NETWORKS: '1',
    SOAK_ISOLATION_MINUTES: '55',
    FAULT_MINUTES: values.hostile,
    SOAK_MEMORY_PAGES: '30000',
    SOAK_WALK_STORIES: '2400',
  },
});
process.exit(status ?? 1);
