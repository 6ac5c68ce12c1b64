import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadEnvironment } from '../../../src/config/environment.js';

const before = { ...process.env };

/** Sets variables until the end of the test; undefined: takes one away. */
function say(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

const NO_TERMINAL = { FORCE_COLOR: undefined, NO_COLOR: undefined, TERM: undefined, COLUMNS: undefined };

afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) say({ [name]: undefined });
  say(before);
});

describe('the environment', () => {
  it('hands on what is ours and nothing else', () => {
    say({ REDIS_URL: 'redis://h', SPUTNIK_LOG_LEVEL: 'debug', SPUTNIK_WEB_TOKEN: '' });
    say({ AWS_SECRET_ACCESS_KEY: 'hunter2', XDG_CACHE_HOME: '/cache', ...NO_TERMINAL, NO_COLOR: '1' });
    const environment = loadEnvironment();
    expect(environment.settings).toMatchObject({ REDIS_URL: 'redis://h', SPUTNIK_LOG_LEVEL: 'debug' });
    expect(environment.settings).not.toHaveProperty('SPUTNIK_WEB_TOKEN');
    expect(JSON.stringify(environment)).not.toContain('hunter2');
    expect(environment.cacheFolder).toBe('/cache/sputnik-harvester');
    expect(environment.terminal.colour).toBe(false);
  });

  it('puts the cache under the home folder where nothing is said', () => {
    say({ ...NO_TERMINAL, XDG_CACHE_HOME: '', NO_COLOR: '' });
    expect(loadEnvironment().cacheFolder).toMatch(/\/\.cache\/sputnik-harvester$/);
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
    say({ ...NO_TERMINAL, ...variables });
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
