import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { finished, MAIN } from './run-sputnik.js';

const folder = mkdtempSync(join(tmpdir(), 'few-addresses-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a process that may not reserve the addresses of the HTTP client', () => {
  it.each(['crawl', 'serve', 'doctor', 'demo'])('%s says what helps, and touches nothing', async (verb) => {
    const script = `ulimit -v 4000000; exec "$0" "$1" ${verb} --data-dir "$2/data"`;
    const ended = await finished(spawn('bash', ['-c', script, process.execPath, MAIN, folder]));
    expect(ended).toMatchObject({ code: 4, stdout: '' });
    expect(ended.stderr).toMatch(
      /^sputnik: this process may not reserve .*\n {2}raise the limit \(ulimit -v unlimited\)/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});
