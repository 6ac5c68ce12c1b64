import { describe, expect, it } from 'vitest';
import { launchOptions } from '../../../src/crawlers/browser/launch-options.js';

describe('the browser is started', () => {
  it.each([
    ['root', 0, false],
    ['somebody else', 1000, true],
    ['the last possible user', 65_534, true],
    ['a system without users', undefined, true],
  ])('by %s with or without its sandbox', (_who, uid, isSandboxed) => {
    const { args, chromiumSandbox } = launchOptions('/usr/bin/chromium', uid);
    expect(chromiumSandbox).toBe(isSandboxed);
    // Playwright adds the flag itself, and only where the option says so.
    expect(args?.filter((arg) => arg.includes('sandbox') || arg.includes('disable-web-security'))).toEqual([]);
  });

  it('without a network of its own, loopback included', () => {
    const { args } = launchOptions('/usr/bin/chromium', 1000);
    expect(args).toContain('--proxy-server=http://nowhere.invalid:1');
    expect(args).toContain('--host-resolver-rules=MAP * ~NOTFOUND');
    expect(args).toContain('--proxy-bypass-list=<-loopback>');
  });

  it('with a bound for what the scripts of a page may hold', () => {
    expect(launchOptions('/usr/bin/chromium', 1000).args).toContain('--js-flags=--max-old-space-size=128');
  });
});
