import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeBrowserFolder } from '../../../src/crawlers/browser/browser-folder.js';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'browser-folders-'));
});
afterEach(() => {
  rmSync(parent, { recursive: true });
});

/** The pid of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

function leave(name: string, note: object): void {
  mkdirSync(join(parent, `sputnik-browser-${name}`));
  writeFileSync(join(parent, `sputnik-browser-${name}`, 'owner.json'), JSON.stringify(note));
}

describe('the temporary folder of a browser', () => {
  it('is noted with the profile of the browser, and removed by its owner alone while that lives', async () => {
    const profile = join(parent, 'playwright_chromiumdev_profile-abc');
    mkdirSync(profile);
    const folder = await makeBrowserFolder(parent);
    await folder.note(['chromium', '--headless', `--user-data-dir=${profile}`]);
    const other = await makeBrowserFolder(parent);
    expect(readdirSync(parent)).toHaveLength(3);
    await Promise.all([folder.remove(), other.remove()]);
    expect(readdirSync(parent)).toEqual([]);
  });

  it('goes with the profile when the next browser is started, if its owner was killed', async () => {
    const [host, pid, start] = [hostname(), await endedPid(), 'x'];
    mkdirSync(join(parent, 'playwright_chromiumdev_profile-dead'));
    leave('dead', { host, pid, start, profile: join(parent, 'playwright_chromiumdev_profile-dead') });
    leave('early', { host, pid, start, profile: '' });
    const folder = await makeBrowserFolder(parent);
    await folder.remove();
    expect(readdirSync(parent)).toEqual([]);
  });

  it('takes the folder of the socket of a whole Chromium with it, and nothing else that is linked there', async () => {
    const linked = async (socketFolder: string): Promise<string[]> => {
      const profile = join(parent, 'playwright_chromiumdev_profile-abc');
      for (const path of [profile, join(parent, socketFolder)]) mkdirSync(path);
      symlinkSync(join(parent, socketFolder, 'SingletonSocket'), join(profile, 'SingletonSocket'));
      const folder = await makeBrowserFolder(parent);
      await folder.note([`--user-data-dir=${profile}`]);
      await folder.remove();
      return readdirSync(parent);
    };
    expect(await linked('org.chromium.Chromium.L8ojJu')).toEqual([]);
    expect(await linked('mine')).toEqual(['mine']);
  });

  it('takes nothing else with it', async () => {
    const [host, pid, start] = [hostname(), await endedPid(), 'x'];
    for (const name of ['mine', 'playwright_chromiumdev_profile-live']) mkdirSync(join(parent, name));
    symlinkSync(join(parent, 'mine'), join(parent, 'playwright_chromiumdev_profile-link'));
    leave('a', { host, pid, start, profile: join(parent, 'mine') });
    leave('b', { host, pid, start, profile: join(parent, 'playwright_chromiumdev_profile-x', '..', 'mine') });
    leave('c', { host, pid, start, profile: join(parent, 'playwright_chromiumdev_profile-link') });
    leave('elsewhere', { host: 'another', pid, start, profile: join(parent, 'playwright_chromiumdev_profile-live') });
    leave('rubbish', { profile: join(parent, 'mine') });
    await (await makeBrowserFolder(parent)).remove();
    expect(readdirSync(parent).sort()).toEqual([
      'mine',
      'playwright_chromiumdev_profile-link',
      'playwright_chromiumdev_profile-live',
      'sputnik-browser-elsewhere',
      'sputnik-browser-rubbish',
    ]);
  });
});
