import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadEnvironment } from '../../../src/config/environment.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the environment', () => {
  it('hands on what is ours and nothing else', () => {
    vi.stubEnv('REDIS_URL', 'redis://h');
    vi.stubEnv('SPUTNIK_LOG_LEVEL', 'debug');
    vi.stubEnv('SPUTNIK_WEB_TOKEN', '');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'hunter2');
    vi.stubEnv('XDG_CACHE_HOME', '/cache');
    vi.stubEnv('NO_COLOR', '1');
    const environment = loadEnvironment();
    expect(environment.settings).toMatchObject({ REDIS_URL: 'redis://h', SPUTNIK_LOG_LEVEL: 'debug' });
    expect(environment.settings).not.toHaveProperty('SPUTNIK_WEB_TOKEN');
    expect(JSON.stringify(environment)).not.toContain('hunter2');
    expect(environment.cacheFolder).toBe('/cache/sputnik-harvester');
    expect(environment.terminal.colour).toBe(false);
  });

  it('puts the cache under the home folder where nothing is said', () => {
    vi.stubEnv('XDG_CACHE_HOME', '');
    vi.stubEnv('NO_COLOR', '');
    expect(loadEnvironment().cacheFolder).toMatch(/\/\.cache\/sputnik-harvester$/);
    vi.stubEnv('FORCE_COLOR', undefined);
    expect(loadEnvironment().terminal.colour).toBe(null);
  });

  it.each([
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, { colour: true }],
    [{ FORCE_COLOR: '0' }, { colour: false }],
    [{ NO_COLOR: '1' }, { colour: false }],
    [{ TERM: 'dumb' }, { colour: false, isDumb: true }],
    [{ TERM: 'xterm' }, { colour: null, isDumb: false, columns: null }],
    [{ COLUMNS: '80' }, { columns: 80 }],
    [{ COLUMNS: '7' }, { columns: null }],
    [{ COLUMNS: 'wide' }, { columns: null }],
  ])('says of the terminal what %j say', (variables, expected) => {
    for (const name of ['FORCE_COLOR', 'NO_COLOR', 'TERM', 'COLUMNS']) vi.stubEnv(name, undefined);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect(loadEnvironment().terminal).toMatchObject(expected);
  });

  it('is read in one file only', () => {
    const source = new URL('../../../src/', import.meta.url).pathname;
    const readers = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .filter((name) => /process\.env\b|process\[['"]env['"]\]/.test(readFileSync(join(source, name), 'utf8')));
    expect(readers).toEqual(['config/environment.ts']);
  });
});
