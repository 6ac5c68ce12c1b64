#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

/** The program in one bundle, which `npm run build` makes of `sputnik.ts`: a start loads a dozen files instead of 1,400. */
const PROGRAM = new URL('../../program/', import.meta.url);

// From Node 22 on, what was compiled is kept for the next start, where this user may write beside the program.
const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };
enableCompileCache?.(fileURLToPath(new URL('compiled', PROGRAM)));
await import(new URL('sputnik.js', PROGRAM).href);
