import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { savedFiles } from '../../src/app/ingest/saved-files.js';
import { createWorkplace, MAIN, type Workplace } from '../integration/program/run-sputnik.js';
import { expectSection } from './fault-table.js';
import { endOf, follow, startProgram, until } from './faulty-program.js';
import { sendSignal } from './process-tree.js';

const URL_OF_PAGE = 'https://sputnik.az/20230412/454321987.html';

describe('a path at which no file stands', () => {
  let workplace: Workplace;
  let pipe: string;

  beforeAll(async () => {
    workplace = await createWorkplace({});
    pipe = join(dirname(workplace.configFile), 'pipe.html');
    execFileSync('mkfifo', [pipe]);
  });

  afterAll(() => workplace.remove());

  it('`extract` of a pipe that nobody writes ends by a signal', async () => {
    const program = startProgram(workplace, ['extract', pipe, '--url', URL_OF_PAGE]);
    expect(await until(() => opened(program.pid).includes(pipe), program)).toBe(true);
    sendSignal(program.pid, 'SIGUSR1');
    sendSignal(program.pid, 'SIGTERM');
    const end = await endOf(program, 10_000);
    expect(end).toMatchObject({ code: 143, stdout: '' });
    expect(end.stderr, 'SIGUSR1 opens no port').not.toContain('Debugger');
  });

  it('`config check` of a pipe that nobody writes says so', async () => {
    const { code, stderr } = await workplace.run(['config', 'check', pipe]);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain(`${pipe}: nothing came for 5 s`);
  });

  it('a command that waits for its settings from a pipe ends by a signal', async () => {
    const program = follow(spawn(process.execPath, [MAIN, 'status', '--config', pipe]));
    expect(await until(() => opened(program.pid).includes(pipe), program)).toBe(true);
    sendSignal(program.pid, 'SIGTERM');
    expect(await endOf(program, 2_000)).toMatchObject({ signal: 'SIGTERM', stdout: '', stderr: '' });
  });

  it('`ingest` names pipes, sockets and devices as bad files', async () => {
    const path = join(dirname(pipe), 'socket.warc');
    const server = createServer().listen(path);
    for await (const file of savedFiles([pipe, path, '/dev/zero', '/dev/full'])) {
      expect(file).toMatchObject({ kind: 'bad', bad: { reason: 'unreadable' } });
    }
    server.close();
  });

  it('comes to what docs/faults.md says', async () => {
    await expectSection({
      title: 'Paths that are not regular files',
      columns: ['what is read', 'outcome'],
      rows: [
        ['`extract` of a pipe that nobody writes', 'waits; a signal ends it at once, exit code 130 or 143'],
        [
          '`config check` of a pipe that nobody writes',
          'exit code 2 after 5 s; as `--config` a signal ends it at once',
        ],
        ['`ingest` of a pipe, a socket or a device', 'named as a bad file; the others are taken in, exit code 3'],
        ['`extract`, `config check` of a device without an end', 'exit code 2 once the limit is passed'],
      ],
    });
  });
});

/** What a process has open. */
function opened(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(join(folder, name))];
    } catch {
      // Closed between the listing and the look.
      return [];
    }
  });
}
