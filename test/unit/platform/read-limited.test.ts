import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readFileAtOnce, readLimited } from '../../../src/platform/read-limited.js';

const folder = mkdtempSync(join(tmpdir(), 'read-limited-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a file that people name', () => {
  it.each([0, 1, 1_000, 1_048_576, 3_000_000])('is read whole where %i bytes are within the limit', (bytes) => {
    const path = join(folder, 'a');
    writeFileSync(path, Buffer.alloc(bytes, 'x'));
    expect(readLimited(path, bytes)?.length).toBe(bytes);
    expect(readLimited(path, bytes + 1)?.length).toBe(bytes);
    if (bytes > 0) expect(readLimited(path, bytes - 1)).toBeNull();
  });

  it('is given up where it has no end', () => {
    expect(readLimited('/dev/zero', 5_000_000)).toBeNull();
    expect(readLimited('/dev/null', 10)).toEqual(Buffer.alloc(0));
  });

  it('is read from a pipe whose writer comes late and pauses, and given up where nobody writes', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => readLimited(pipe, 10, 60)).toThrow('nothing came for 0.06 s');
    spawn('sh', ['-c', `sleep 0.1; { printf ab; sleep 0.1; printf cd; } > ${pipe}`]);
    expect(readLimited(pipe, 10)?.toString()).toBe('abcd');
    expect(() => readFileAtOnce(pipe)).toThrow('no file stands at');
    expect(() => readFileAtOnce('/dev/zero')).toThrow('no file stands at');
    expect(readFileAtOnce(import.meta.filename).toString()).toContain('readFileAtOnce');
  });

  it('is refused in the words of the system where it is not there, or a folder', () => {
    expect(() => readLimited(join(folder, 'none'), 10)).toThrow(/ENOENT/);
    expect(() => readLimited(folder, 10)).toThrow(/EISDIR/);
  });
});
