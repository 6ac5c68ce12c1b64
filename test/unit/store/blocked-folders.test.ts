import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanCaptures } from '../../../src/captures/scan-captures.js';
import { PermanentError } from '../../../src/domain/errors.js';
import { nullIfDamaged, readRecordText, setAside } from '../../../src/store/files/article-files.js';
import { verifyStore } from '../../../src/store/verify/verify-store.js';
import { observationReader } from '../../../src/store/writer/capture-interpreter.js';
import type { Store } from '../../../src/store/writer/store.js';
import { seededRandom } from '../../faults/random.js';
import { captureWorld, interpreterOf } from './captured-world.js';
import { articleResult, differences, opened, recordFiles, scratchFolder } from './fixtures.js';

async function processHalf(store: Store, dataDir: string, half: 'first' | 'second'): Promise<void> {
  const interpret = interpreterOf(dataDir);
  let count = 0;
  for await (const record of scanCaptures(dataDir)) {
    const meaning = await interpret(record);
    count += 1;
    if (meaning?.kind === 'page' && (half === 'first') === count < 20) await store.storePage(meaning.result);
  }
}

const recordsOf = (dataDir: string): Record<string, string> =>
  Object.fromEntries(Object.entries(recordFiles(dataDir)).filter(([path]) => /^(?:articles|duplicates)\//.test(path)));

/** The folder of a record with so many of its levels: family, year, month. */
const folderOf = (path: string, levels: number): string =>
  path
    .split('/')
    .slice(0, 1 + levels)
    .join('/');

describe('something in place of a folder of records', () => {
  it.each<[string, number, (path: string) => void]>([
    [
      'a file',
      3,
      (path) => {
        writeFileSync(path, 'x');
      },
    ],
    ['a pipe', 2, (path) => execFileSync('mkfifo', [path])],
    [
      'a link to itself',
      3,
      (path) => {
        symlinkSync(path, path);
      },
    ],
  ])('costs only what the folder held: %s', async (_, levels, harm) => {
    const dataDir = scratchFolder();
    await captureWorld(dataDir, seededRandom(6));
    const interpret = interpreterOf(dataDir);
    const store = await opened(dataDir, { readObservation: observationReader(dataDir, interpret) });
    await processHalf(store, dataDir, 'first');
    const [first = ''] = Object.keys(recordsOf(dataDir));
    const folder = join(dataDir, folderOf(first, levels));
    rmSync(folder, { recursive: true });
    harm(folder);
    await processHalf(store, dataDir, 'second');
    await store.close();
    expect(lstatSync(folder).isDirectory()).toBe(true);
    const aside = readdirSync(join(dataDir, 'damaged'), { recursive: true }) as string[];
    expect(aside.filter((name) => name.endsWith('.no-folder'))).toHaveLength(1);

    const options = { dataDir, interpret, bodyBytesMax: 1_000_000 };
    const { faultsByCode } = await verifyStore({ ...options, repair: false });
    expect(Object.keys(faultsByCode).filter((code) => code !== 'catalogue.noRecord')).toEqual([]);
    await verifyStore({ ...options, repair: true });
    // A pipe among what was set aside would not be read to its end.
    rmSync(join(dataDir, 'damaged'), { recursive: true });
    const mended = recordsOf(dataDir);
    for (const name of ['articles', 'duplicates', 'damaged'])
      rmSync(join(dataDir, name), { recursive: true, force: true });
    rmSync(join(dataDir, 'catalogue.db'));
    await verifyStore({ ...options, repair: true });
    expect(differences(mended, recordsOf(dataDir))).toEqual([]);
  });
});

describe('verify', () => {
  // The records of this test were made without captures.
  const faultsOf = ({ faultsByCode }: { readonly faultsByCode: object }): string[] =>
    Object.keys(faultsByCode).filter((code) => !/capture/i.test(code));
  const linked = async (harm: (family: string, away: string) => void) => {
    const dataDir = scratchFolder();
    const store = await opened(dataDir);
    await store.storePage(articleResult({ at: 1 }));
    await store.close();
    const [family, away] = [join(dataDir, 'articles/sputniknews.cn'), join(scratchFolder(), 'away')];
    renameSync(family, away);
    harm(family, away);
    const verify = (repair: boolean) =>
      verifyStore({ dataDir, interpret: interpreterOf(dataDir), bodyBytesMax: 1_000_000, repair });
    for (const repair of [false, true]) await expect(verify(repair)).rejects.toMatchObject({ code: 'disk.wrongKind' });
    expect(readdirSync(dataDir)).not.toContain('damaged');
    expect(lstatSync(family).isSymbolicLink()).toBe(true);
    expect(existsSync(join(away, '2024/05/1000000001.json'))).toBe(true);
    return { dataDir, family, away, verify };
  };

  it('changes nothing, with --repair neither, while the disk of a family is not mounted, and is content once it is', async () => {
    const { family, away, verify } = await linked((link, folder) => {
      symlinkSync(`${folder}-unmounted`, link);
    });
    rmSync(family);
    symlinkSync(away, family);
    expect(faultsOf(await verify(false))).toEqual([]);
  });

  it.each(['articles/aaa.example', 'duplicates/sputniknews.cn'])(
    'sets no record aside where a second link leads to its folder: %s',
    async (second) => {
      const { dataDir, verify } = await linked((link, folder) => {
        symlinkSync(folder, link);
        const other = join(link, '../..', second);
        mkdirSync(dirname(other), { recursive: true });
        symlinkSync(folder, other);
      });
      rmSync(join(dataDir, second));
      expect(faultsOf(await verify(false))).toEqual([]);
    },
  );
});

describe('a link to a disk that is not mounted', () => {
  it.each(['articles/sputniknews.cn', 'articles/sputniknews.cn/2024', 'articles/sputniknews.cn/2024/05'])(
    'stops whoever would write there, and stays: %s',
    async (folder) => {
      const dataDir = scratchFolder();
      const store = await opened(dataDir);
      mkdirSync(join(dataDir, folder, '..'), { recursive: true });
      symlinkSync('/nowhere/at/all', join(dataDir, folder));
      await expect(store.storePage(articleResult({ articleId: '1000000001', at: 1 }))).rejects.toMatchObject({
        code: 'disk.wrongKind',
        hint: expect.stringContaining('mounted') as string,
      });
      expect(lstatSync(join(dataDir, folder)).isSymbolicLink()).toBe(true);
      expect(existsSync(join(dataDir, 'damaged'))).toBe(false);
    },
  );
});

describe('a record', () => {
  const location = { folder: 'articles', key: 'sputniknews.cn/1000000001', month: '202405' } as const;

  function written(dataDir: string): string {
    const folder = join(dataDir, 'articles/sputniknews.cn/2024/05');
    execFileSync('mkdir', ['-p', folder]);
    return join(folder, '1000000001.json');
  }

  it('that the disk does not give is told apart from a damaged one, and set aside by nobody', () => {
    const dataDir = scratchFolder();
    // Its first page is never mapped: reading it fails as a worn sector does.
    symlinkSync('/proc/self/mem', written(dataDir));
    if (!existsSync('/proc/self/mem')) return;
    const refused = errorOf(() => readRecordText(dataDir, location));
    expect(refused).toMatchObject({ code: 'record.diskError' });
    expect(() => nullIfDamaged(refused)).toThrow(expect.objectContaining({ code: 'disk.damaged' }));
  });

  it('that this user may not read is told apart', () => {
    const dataDir = scratchFolder();
    const path = written(dataDir);
    writeFileSync(path, '{}');
    chmodSync(path, 0);
    const asRoot = process.geteuid?.() === 0;
    if (asRoot) process.seteuid?.(65_534);
    try {
      const refused = errorOf(() => readRecordText(dataDir, location));
      expect(refused).toMatchObject({ code: 'record.notPermitted' });
      // Whoever would set it aside stops instead; one that is damaged is set aside.
      expect(() => nullIfDamaged(refused)).toThrow(expect.objectContaining({ code: 'disk.notPermitted' }));
      expect(nullIfDamaged(new PermanentError('torn', { code: 'record.notJson' }))).toBeNull();
    } finally {
      if (asRoot) process.seteuid?.(0);
    }
  });

  it('that was set aside before does not replace the one before', () => {
    const dataDir = scratchFolder();
    for (const content of ['one', 'two', 'three']) {
      writeFileSync(written(dataDir), content);
      setAside(dataDir, location);
    }
    expect(Object.entries(recordFiles(dataDir)).map(([path, content]) => [path.split('/').at(-1), content])).toEqual([
      ['1000000001.json', 'one'],
      ['1000000001.json.2', 'two'],
      ['1000000001.json.3', 'three'],
    ]);
  });
});

function errorOf(work: () => unknown): PermanentError {
  try {
    work();
  } catch (error) {
    if (error instanceof PermanentError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
