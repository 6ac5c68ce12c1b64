import { describe, expect, it } from 'vitest';
import { NetworkGuard } from '../../../src/crawlers/http/network-guard.js';
import { edition } from './crawl-setup.js';

const CN = edition('sputniknews.cn', null, {
  hosts: ['sputniknews.cn', 'cdn.sputniknews.cn'],
  formerHosts: ['cn.sputniknews.com'],
});
const MIRRORED = edition('am.sputniknews.ru', 'http://127.0.0.1:8801');
const guard = new NetworkGuard([CN, MIRRORED]);
const ENDPOINTS = {
  live: guard.endpointOf('sputniknews.cn', 'https://sputniknews.cn/a')!,
  mirrored: guard.endpointOf('am.sputniknews.ru', 'https://am.sputniknews.ru/a')!,
};

describe('network guard', () => {
  it.each([
    ['sputniknews.cn', 'https://sputniknews.cn/20230412/1.html?x=1', 'https://sputniknews.cn/20230412/1.html?x=1'],
    ['sputniknews.cn', 'https://cdn.sputniknews.cn/1.html', 'https://cdn.sputniknews.cn/1.html'],
    ['sputniknews.cn', 'https://cn.sputniknews.com/old/', 'https://sputniknews.cn/old/'],
    ['am.sputniknews.ru', 'https://am.sputniknews.ru/1.html', 'http://127.0.0.1:8801/1.html'],
  ])('asks for %s %s at %s', (id, realUrl, networkUrl) => {
    expect(guard.endpointOf(id, realUrl)?.networkUrl.href).toBe(networkUrl);
  });

  it('follows a site to www. where the hosts of the edition name it', () => {
    const moved = new NetworkGuard([{ ...CN, hosts: ['www.sputniknews.cn', ...CN.hosts] }]);
    const next = moved.follow(ENDPOINTS.live, 'https://www.sputniknews.cn/20230412/10001.html');
    expect(next?.networkUrl.href).toBe('https://www.sputniknews.cn/20230412/10001.html');
  });

  it.each([
    ['sputniknews.cn', 'https://am.sputniknews.ru/1.html', 'another edition'],
    ['sputniknews.cn', 'https://sputniknews.cn.evil.example/1.html', 'a longer name'],
    ['sputniknews.cn', 'https://sputniknews.cn:8443/1.html', 'another port'],
    ['sputniknews.cn', 'https://user:pass@sputniknews.cn/1.html', 'credentials'],
    ['sputniknews.cn', 'http://127.0.0.1:8801/1.html', 'an address of loopback'],
    ['sputniknews.cn', 'file:///etc/passwd', 'another scheme'],
    ['sputniknews.cn', 'no address', 'no address at all'],
    ['ria.ru', 'https://ria.ru/1.html', 'an edition that is not configured'],
  ])('refuses %s %s: %s', (id, realUrl) => {
    expect(guard.endpointOf(id, realUrl)).toBeNull();
  });

  it.each([
    ['live', '/b', 'https://sputniknews.cn/b', 'https://sputniknews.cn/b'],
    ['live', 'https://cdn.sputniknews.cn/b', 'https://cdn.sputniknews.cn/b', 'https://cdn.sputniknews.cn/b'],
    ['live', 'http://sputniknews.cn/b', 'https://sputniknews.cn/b', 'https://sputniknews.cn/b'],
    ['live', 'https://am.sputniknews.ru/b', 'https://am.sputniknews.ru/b', 'http://127.0.0.1:8801/b'],
    ['mirrored', 'b?q=1', 'https://am.sputniknews.ru/b?q=1', 'http://127.0.0.1:8801/b?q=1'],
    ['mirrored', 'https://am.sputniknews.ru/b', 'https://am.sputniknews.ru/b', 'http://127.0.0.1:8801/b'],
    ['live', 'http://127.0.0.1:8801/b', 'https://am.sputniknews.ru/b', 'http://127.0.0.1:8801/b'],
  ] as const)('from the %s site follows %s', (from, location, realUrl, networkUrl) => {
    const next = guard.follow(ENDPOINTS[from], location);
    expect([next?.realUrl, next?.networkUrl.href]).toEqual([realUrl, networkUrl]);
  });

  it.each([
    ['live', 'https://evil.example/'],
    ['live', 'https://sputniknews.cn:444/'],
    ['live', '//evil.example/b'],
    ['live', 'http://169.254.169.254/latest/meta-data/'],
    ['live', 'http://[::1]:8801/'],
    ['live', 'ftp://sputniknews.cn/'],
    ['live', 'javascript:alert(1)'],
    ['live', 'https://user@sputniknews.cn/'],
    ['mirrored', 'http://127.0.0.1:8802/b'],
    ['mirrored', 'http://127.0.0.1/b'],
    ['mirrored', 'https://127.0.0.1:8801/b'],
    ['mirrored', 'http://localhost:8801/b'],
    ['mirrored', 'http://0.0.0.0:8801/b'],
    ['mirrored', 'http://%'],
    ['live', 'https://www.sputniknews.cn/b'],
  ] as const)('from the %s site does not follow %s', (from, location) => {
    expect(guard.follow(ENDPOINTS[from], location)).toBeNull();
  });

  it('refuses private addresses after DNS, but for the host that fetchFrom names', () => {
    expect(guard.mayConnect('sputniknews.cn', '93.184.216.34')).toBe(true);
    expect(guard.mayConnect('sputniknews.cn', '10.0.0.1')).toBe(false);
    expect(guard.mayConnect('sputniknews.cn', '::ffff:127.0.0.1')).toBe(false);
    expect(guard.mayConnect('127.0.0.1', '127.0.0.1')).toBe(true);
  });

  it('lets the browser contact the configured origins and nothing else', () => {
    const may = (url: string): boolean => guard.mayContact(new URL(url));
    expect(may('https://sputniknews.cn/x.js')).toBe(true);
    expect(may('http://127.0.0.1:8801/x.js')).toBe(true);
    expect(may('http://sputniknews.cn/x.js')).toBe(false);
    expect(may('https://am.sputniknews.ru/x.js')).toBe(false);
    expect(may('https://counter.example/x.js')).toBe(false);
    expect(may('wss://sputniknews.cn/socket')).toBe(false);
  });
});
