import { describe, expect, it } from 'vitest';
import { describeConfig } from '../../../src/config/describe-config.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { SETTING_LIST } from '../../../src/config/environment.js';

const config = loadConfig({
  flags: { dataDir: '/srv/corpus' },
  variables: {
    REDIS_URL: 'redis://user:hunter2@redis.example:6379/1?password=hunter2',
    SPUTNIK_PROXY_URLS: 'http://user:hunter2@p.example:1,http://plain.example:2',
    SPUTNIK_WEB_TOKEN: 'hunter2:hunter2:hunter2',
  },
});
const described = new Map(describeConfig(config).map((setting) => [setting.key, setting]));

describe('the description of the settings in force', () => {
  it('names every setting, and every key of every edition and topic, with its origin', () => {
    for (const { path } of SETTING_LIST) expect(described.has(path.join('.'))).toBe(true);
    expect(described.get('dataDir')).toEqual({ key: 'dataDir', value: '/srv/corpus', origin: 'flag --data-dir' });
    expect(described.get('politeness.delayMs')?.origin).toMatch(/^config\/default\.yaml:\d+$/);
    expect(described.get('web.token')?.origin).toBe('environment SPUTNIK_WEB_TOKEN');
    expect(described.get('editions.ria.ru.enabled')).toMatchObject({ value: false });
    expect(described.get('editions.ria.ru.enabled')?.origin).toMatch(/^config\/editions\/ria\.ru\.yaml:\d+$/);
    expect(described.get('topics.armenia.names')?.origin).toMatch(/^config\/topics\.yaml:\d+$/);
  });

  it('shows no secret', () => {
    expect(JSON.stringify([...described.values()])).not.toContain('hunter2');
    expect(described.get('redis.url')?.value).toBe('redis://***:***@redis.example:6379/1?***');
    expect(described.get('proxy.urls')?.value).toEqual(['http://***:***@p.example:1/', 'http://plain.example:2/']);
    expect(described.get('web.token')?.value).toBe('***');
  });
});
