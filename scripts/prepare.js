// npm runs this after `npm ci` and before `npm pack`, and once more when npx first meets this folder. Then what is built serves:
// a second build would keep whoever asked for `npx sputnik` waiting, and change the files under a program that runs.
import { execSync } from 'node:child_process';
import { existsSync } from 'node:fs';

// It appears whole.
const isBuilt = existsSync(new URL('../dist/program', import.meta.url));
if (process.env.npm_command !== 'exec' || !isBuilt) execSync('npm run build', { stdio: 'inherit' });
