#!/usr/bin/env node
import { createRequire } from 'node:module';
import v8 from 'node:v8';
import { fileURLToPath } from 'node:url';
import { keepCompiled } from '../platform/keep-compiled.js';
import type { runCommandLine } from './sputnik.js';

/** The program in one bundle, which `npm run build` makes of `sputnik.ts`: a start loads a dozen files instead of 1,400. */
const PROGRAM = fileURLToPath(new URL('../../program', import.meta.url));

// V8 optimises a function three times later than by itself: much of what it would optimise is not called often enough after that, which is
// a tenth of the CPU of a crawl of a thousand pages. What a function meets is noted from its first call on, not only after some: another tenth.
// Node 20 alone is known to have both; later ones complain of the first on standard error.
if (process.versions.node.startsWith('20.')) {
  v8.setFlagsFromString('--interrupt-budget=400000');
  v8.setFlagsFromString('--no-lazy-feedback-allocation');
}
keepCompiled(PROGRAM);
const program = createRequire(import.meta.url)(`${PROGRAM}/sputnik.cjs`) as { runCommandLine: typeof runCommandLine };
await program.runCommandLine();
