// The long run of the fault tests: `npm run soak -- --rounds 500 [--seed N] [--lanes N]`: so many kills at random moments, an undisturbed run after
// each kill at a named one, and what takes minutes. Lanes are sites crawled side by side, each killed at moments of its own.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const TESTS = ['random-kills', 'crash-points', 'frozen-redis'].map((name) => `test/faults/${name}.test.ts`);

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
    lanes: { type: 'string', default: '1' },
  },
});
if (!/^[1-9]\d{0,5}$/.test(values.rounds) || !/^\d{1,10}$/.test(values.seed) || !/^[1-8]$/.test(values.lanes)) {
  process.stderr.write(
    'soak: --rounds takes a number from 1 to 999999, --seed one of at most ten digits, --lanes one from 1 to 8\n',
  );
  process.exit(2);
}
process.stdout.write(`soak: ${values.rounds} kills, seed ${values.seed}, lanes ${values.lanes}\n`);
const { status } = spawnSync('npx', ['vitest', 'run', ...TESTS], {
  stdio: 'inherit',
  env: { ...process.env, FAULT_ROUNDS: values.rounds, FAULT_SEED: values.seed, FAULT_LANES: values.lanes },
});
process.exit(status ?? 1);
