import { expect, it } from 'vitest';
import { expectSection } from './fault-table.js';
import { killAndCompare } from './kill-rounds.js';

/** `npm run soak -- --rounds N` sets them; a run of all tests takes a short one. */
const isLong = process.env['FAULT_ROUNDS'] !== undefined;
const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 25);
/** Sites side by side, each with a seed of its own (the next number). */
const LANES = Number(process.env['FAULT_LANES'] ?? 1);
const SEED = Number(process.env['FAULT_SEED'] ?? 20230412);
const ROUND_LIMIT_MS = 60_000;

it(
  `kill -9 at ${ROUNDS} random moments loses nothing, doubles nothing and tears nothing`,
  async () => {
    const tallies = await Promise.all(
      Array.from({ length: LANES }, (_, lane) =>
        killAndCompare({
          seed: SEED + lane,
          rounds: Math.floor((ROUNDS + lane) / LANES),
          roundsPerLife: isLong ? 10 : 5,
          say: (line) => {
            console.info(line);
          },
        }),
      ),
    );
    expect(tallies.flatMap((tally) => Object.values(tally)).reduce((sum, count) => sum + count, 0)).toBe(ROUNDS);
  },
  ROUNDS * ROUND_LIMIT_MS,
);

it('comes to what docs/faults.md says', async () => {
  const rows = ['crawl', 'serve'].flatMap((verb) =>
    ['everything', 'node', 'Redis'].map((victim) => [
      `${victim} of \`${verb}\``,
      'the next run ends equal to the site',
    ]),
  );
  await expectSection({
    title: 'Killed with SIGKILL at random moments',
    columns: ['killed', 'outcome'],
    rows,
  });
});
