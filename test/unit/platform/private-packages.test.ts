import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { privatePackage } from '../../../src/platform/private-packages.js';

const isLinux = process.platform === 'linux';
if (!isLinux) console.log('skipped: private packages are for Linux');

/** Programs in the place of apt and dpkg: what they are told is noted, and the archive is a folder. */
const APT_GET = `#!/bin/sh
echo "apt-get $*" >> "$CALLS"
case "$*" in
  --version) exit 0 ;;
  *update*) [ -e "$STATE/offline" ] && { echo 'E: Could not reach the archive' >&2; exit 100; }; exit 0 ;;
  *install*none) echo 'E: Unable to locate package none' >&2; exit 100 ;;
  *install*)
    case "$*" in *Dir::State::lists=*) ;; *) [ -e "$STATE/noLists" ] && { echo 'E: Unable to locate package tool' >&2; exit 100; } ;; esac
    [ -e "$STATE/installed" ] && exit 0
    echo 'Inst libtool1 [1.0] (2.0-1 Debian:12 [amd64])'
    echo 'Inst tool (5:3.1 Debian:12 [amd64])'
    echo 'Conf tool (5:3.1 Debian:12 [amd64])' ;;
  *download*) : > tool.deb ;;
esac
`;
const DPKG_DEB = `#!/bin/sh
echo "dpkg-deb $*" >> "$CALLS"
[ "$1" = -x ] || exit 0
mkdir -p "$3/usr/bin" "$3/usr/lib/tool" "$3/usr/lib/x86_64-linux-gnu"
printf '#!/bin/sh\\nexec /usr/lib/tool/tool "$@"\\n' > "$3/usr/bin/tool"
[ -e "$STATE/empty" ] || cp /bin/true "$3/usr/lib/tool/tool"
: > "$3/usr/lib/x86_64-linux-gnu/libtool.so.1"
`;

describe.skipIf(!isLinux)('a private copy of a package', () => {
  let folder: string;
  let cacheDir: string;
  const before = { ...process.env };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'packages-'));
    cacheDir = join(folder, 'cache');
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'bin', 'apt-get'), APT_GET, { mode: 0o755 });
    await writeFile(join(folder, 'bin', 'dpkg-deb'), DPKG_DEB, { mode: 0o755 });
    Object.assign(process.env, {
      PATH: [join(folder, 'bin'), before['PATH']].join(delimiter),
      CALLS: join(folder, 'calls'),
      STATE: folder,
    });
  });
  afterEach(async () => {
    process.env = { ...before };
    await rm(folder, { recursive: true });
  });

  const get = (name = 'tool', binary = 'tool') => privatePackage({ name, binary, cacheDir });
  const calls = () => readFile(join(folder, 'calls'), 'utf8').catch(() => '');
  const leftovers = async () =>
    (await readdir(cacheDir, { recursive: true })).filter((path) => /\.making-|archives|\.deb$/.test(path));
  const having = (state: string) => writeFile(join(folder, state), '');

  it('is fetched with what is missing here, runs, and is told in one line', async () => {
    const lines: string[] = [];
    const copy = await privatePackage({
      name: 'tool',
      binary: 'tool',
      cacheDir,
      onProgress: (line) => lines.push(line),
    });
    execFileSync(copy.executable, { env: {} });
    execFileSync(copy.program, { env: copy.env });
    expect(copy.env['LD_LIBRARY_PATH']).toMatch(/\/root\/usr\/lib\/x86_64-linux-gnu$/);
    expect(await calls()).toMatch(/ download libtool1=2\.0-1 tool=5:3\.1$/m);
    expect(await leftovers()).toEqual([]);
    expect(lines).toHaveLength(1);
  });

  it('is there at once the next time, without asking anybody', async () => {
    const first = await get();
    await writeFile(join(folder, 'calls'), '');
    expect(await get()).toEqual(first);
    expect(await calls()).toBe('');
  });

  it('is one copy when several want it at once', async () => {
    const copies = await Promise.all([get(), get(), get()]);
    expect(copies[1]).toEqual(copies[0]);
    execFileSync(copies[2].executable);
    expect(await leftovers()).toEqual([]);
  });

  it('is fetched with lists of our own where the system has none', async () => {
    await having('noLists');
    execFileSync((await get()).executable);
    expect(await calls()).toMatch(/Dir::State::lists=\S+ .*update$/m);
  });

  it('is made again after a kill in the middle, and what the kill left is removed after an hour', async () => {
    const [platform = ''] = (await get(), await readdir(join(cacheDir, 'packages')));
    const parent = join(cacheDir, 'packages', platform);
    await rm(join(parent, 'tool', 'copy.json'));
    await rm(join(parent, 'tool'), { recursive: true });
    await mkdir(join(parent, '.making-tool-old'));
    await mkdir(join(parent, '.making-tool-new'));
    await utimes(join(parent, '.making-tool-old'), 0, 0);
    execFileSync((await get()).executable);
    expect(await leftovers()).toEqual([join('packages', platform, '.making-tool-new')]);
  });

  it.each([
    ['the archive does not know the package', 'none', 'tool', [], /Unable to locate package none/],
    ['the archive is out of reach', 'tool', 'tool', ['noLists', 'offline'], /Could not reach the archive/],
    ['the package holds no such program', 'tool', 'tool', ['empty'], /no program tool/],
    ['the package is installed under another name', 'tool', 'other', ['installed'], /no program other/],
  ])('is refused by name when %s', async (_, name, binary, states, found) => {
    for (const state of states) await having(state);
    await expect(get(name, binary)).rejects.toMatchObject({ code: 'package.unavailable', message: found });
    expect(await leftovers()).toEqual([]);
  });

  it('is refused with what to do where there is no apt', async () => {
    process.env['PATH'] = join(folder, 'nothing');
    await expect(get()).rejects.toMatchObject({ code: 'package.unavailable', hint: 'apt-get install tool' });
  });
});
