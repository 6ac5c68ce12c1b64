import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileRooms } from './compile-rooms.js';

const PROGRAM = "const { word } = require('./word.cjs');\nprocess.stdout.write(word());";
const isByHand = !('enableCompileCache' in (await import('node:module')).default);

describe.runIf(isByHand)('what V8 compiles of a folder', () => {
  let rooms: string;
  let folder: string;
  const start = (...flags: string[]): { said: string; code: number | null } => {
    const run = `import { keepCompiled } from '${rooms}/platform/keep-compiled.js';
      import { createRequire } from 'node:module';
      const keepNow = keepCompiled('${folder}');
      createRequire('${folder}/')('./program.cjs');
      if (globalThis.isKeptNow) keepNow();`;
    const { stdout, status } = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', run]);
    return { said: stdout.toString(), code: status };
  };
  /** Names of what is kept, and the inode of each: another one once it was kept again. */
  const kept = (): Record<string, number> => {
    const names = readdirSync(join(folder, 'compiled'));
    return Object.fromEntries(names.map((name) => [name, statSync(join(folder, 'compiled', name)).ino]));
  };

  beforeAll(() => {
    rooms = compileRooms(['platform']);
  });
  afterAll(() => {
    rmSync(rooms, { recursive: true });
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sputnik-compiled-'));
    writeFileSync(join(folder, 'program.cjs'), PROGRAM);
    writeFileSync(join(folder, 'word.cjs'), "exports.word = () => 'first';");
    return () => {
      rmSync(folder, { recursive: true });
    };
  });

  it('is kept at the first start, and taken as it is at the next', () => {
    expect(start()).toEqual({ said: 'first', code: 0 });
    const before = kept();
    expect(Object.keys(before).map((name) => name.split('.')[0])).toEqual(['program', 'word']);
    expect(start()).toEqual({ said: 'first', code: 0 });
    expect(kept()).toEqual(before);
  });

  it('gives way to a source that has changed, though its length has not', () => {
    start();
    writeFileSync(join(folder, 'word.cjs'), "exports.word = () => 'other';");
    expect(start()).toEqual({ said: 'other', code: 0 });
    expect(start()).toEqual({ said: 'other', code: 0 });
  });

  it('says what a source says that is not ASCII', () => {
    writeFileSync(join(folder, 'word.cjs'), 'exports.word = () => `→ “亚”`;');
    expect(start()).toEqual({ said: '→ “亚”', code: 0 });
    expect(start()).toEqual({ said: '→ “亚”', code: 0 });
  });

  it.each([
    ['is cut off', (data: Buffer) => data.subarray(0, data.length / 2)],
    ['is empty', () => Buffer.alloc(0)],
    ['has a byte that flipped', (data: Buffer) => data.fill(data[100]! ^ 1, 100, 101)],
  ])('is compiled and kept again where it %s', (_what, damage) => {
    start();
    const before = kept();
    const file = join(folder, 'compiled', Object.keys(before)[1]!);
    writeFileSync(file, damage(readFileSync(file)));
    expect(start()).toEqual({ said: 'first', code: 0 });
    expect(Object.keys(kept())).toEqual(Object.keys(before));
    expect(readFileSync(file).length).toBeGreaterThan(100);
    const [first, second] = Object.keys(before).map((name) => kept()[name] === before[name]);
    expect([first, second]).toEqual([true, false]);
  });

  it('is kept when that is asked for, where nothing is said at the end', () => {
    writeFileSync(join(folder, 'program.cjs'), `${PROGRAM}\nsetImmediate(() => process.kill(process.pid, 'SIGKILL'));`);
    start();
    expect(() => kept()).toThrow('ENOENT');
    start('--import', 'data:text/javascript,globalThis.isKeptNow = true');
    expect(Object.keys(kept())).toHaveLength(2);
  });

  it('does no harm where nothing can be kept', () => {
    writeFileSync(join(folder, 'compiled'), 'a file where the folder would be');
    expect(start()).toEqual({ said: 'first', code: 0 });
  });

  it('is not that of a start with other flags of V8', () => {
    start();
    expect(start('--no-opt')).toEqual({ said: 'first', code: 0 });
  });

  it('moves with its folder', () => {
    start();
    const moved = `${folder}-moved`;
    cpSync(folder, moved, { recursive: true });
    rmSync(folder, { recursive: true });
    folder = moved;
    const before = kept();
    expect(start()).toEqual({ said: 'first', code: 0 });
    expect(kept()).toEqual(before);
  });
});
