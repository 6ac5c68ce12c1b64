#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

/** The program in one bundle, which `npm run build` makes of `sputnik.ts`: a start loads a dozen files instead of 1,400. */
const PROGRAM = new URL('../../program/', import.meta.url);

// V8 optimises a function three times later than by itself: much of what it would optimise is not called often enough after that, which is
// a tenth of the CPU of a crawl of a thousand pages. Node 20 alone knows the flag; later ones complain of it on standard error.
if (process.versions.node.startsWith('20.')) v8.setFlagsFromString('--interrupt-budget=400000');
// From Node 22 on, what was compiled is kept for the next start, where this user may write beside the program.
const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };
enableCompileCache?.(fileURLToPath(new URL('compiled', PROGRAM)));
await import(new URL('sputnik.js', PROGRAM).href);
