import { join } from 'node:path';
import { PACKAGE_DIR } from '../platform/package-dir.js';

/**
 * The file that a thread is started from: a bundle of its own, and a CommonJS module. A thread that is ended while it loads ES modules
 * through `require`, as piscina does, takes the whole process with it (seen on Node 20.20: `FATAL ERROR: v8::Module::IsGraphAsync`).
 */
export function threadFile(name: 'capture-thread' | 'extract-thread' | 'list-thread'): string {
  return join(PACKAGE_DIR, 'dist/program', `${name}.cjs`);
}
