import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, type LoadConfigOptions } from '../../../src/config/load-config.js';
import { SETTING_LIST } from '../../../src/config/environment.js';
import { UsageError } from '../../../src/domain/errors.js';

let folder = '';
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sputnik-config-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(text: string, name = `settings-${String((files += 1))}.yaml`): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const load = (options: LoadConfigOptions = {}) => loadConfig({ variables: {}, ...options });

function refusal(options: LoadConfigOptions): string {
  try {
    load(options);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).code).toBe('config.invalid');
    return (error as UsageError).message;
  }
  throw new Error('the settings were accepted');
}

function plausible(key: string): string {
  if (key === 'cron') return '1 2 3 4 5';
  if (key === 'timeZone') return 'Asia/Baku';
  if (key === 'enabled' || key === 'obeyRobots') return 'false';
  const sizes: Readonly<Record<string, string>> = {
    fileBytesMax: '100000',
    deadlineMs: '1000',
    bodyBytesMax: '1000',
    memoryMb: '32',
  };
  return sizes[key] ?? (key === 'timeoutMs' ? '100' : '1');
}

describe('the defaults', () => {
  const config = load();

  it('are those of the contract', () => {
    expect(config.dataDir).toBe(resolve('data'));
    expect(config.redis).toEqual({ url: null, prefix: null });
    expect(config.politeness).toMatchObject({
      delayMs: 1000,
      concurrencyPerHost: 2,
      obeyRobots: true,
      timeoutMs: 30000,
      bodyBytesMax: 5000000,
      retries: 4,
    });
    expect(config.browser.mode).toBe('fallback');
    expect(config.schedules.newest).toEqual({
      cron: '*/10 * * * *',
      timeZone: 'UTC',
      enabled: true,
      deadlineMinutes: 15,
    });
    expect(config.crawl.via).toEqual(['feed', 'tag', 'sitemap']);
    expect(config.web).toEqual({ host: '127.0.0.1', port: 8787, token: null, requestsPerMinute: 600 });
  });

  it('name every edition whose host is certain, all on but ria.ru and those that are far from the topics', () => {
    const enabled = config.editions.filter((edition) => edition.enabled).map(({ id }) => id);
    expect(enabled).toEqual(
      [
        'sputniknews.cn',
        'big5.sputniknews.cn',
        'sputnikglobe.com',
        'arm.sputniknews.ru',
        'am.sputniknews.ru',
        'sputnik.az',
        'az.sputniknews.ru',
        'sputnik-georgia.ru',
        'sputnik-georgia.com',
        'sarabic.ae',
        'anlatilaninotesi.com.tr',
        'spnfa.ir',
        'sputniknews.jp',
        'sputniknews.lat',
        'sputniknewsbr.com.br',
        'en.sputniknews.africa',
        'fr.sputniknews.africa',
      ].sort(),
    );
    expect(
      config.editions
        .filter((edition) => !edition.enabled)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(
      [
        'af.sputniknews.com',
        'bel.sputnik.by',
        'cz.sputniknews.com',
        'ee.sputniknews.ru',
        'hindi.sputniknews.in',
        'it.sputniknews.com',
        'lat.sputnikportal.rs',
        'lt.sputniknews.ru',
        'lv.sputniknews.ru',
        'md.sputniknews.com',
        'oz.sputniknews.uz',
        'pl.sputniknews.com',
        'ria.ru',
        'ru.sputnik.kg',
        'ru.sputnik.kz',
        'ru.sputnik.md',
        'snanews.de',
        'sputnik-abkhazia.info',
        'sputnik-abkhazia.ru',
        'sputnik-news.ee',
        'sputnik-ossetia.com',
        'sputnik-ossetia.ru',
        'sputnik.by',
        'sputnik.kg',
        'sputnik.kz',
        'sputnik.tj',
        'sputniknews.gr',
        'sputniknews.in',
        'sputniknews.lt',
        'sputniknews.uz',
        'sputniknews.vn',
        'sputniknewslv.com',
        'sputnikportal.rs',
        'tj.sputniknews.ru',
        'uz.sputniknews.ru',
      ].sort(),
    );
    expect(config.editions.find(({ id }) => id === 'big5.sputniknews.cn')?.family).toBe('sputniknews.cn');
  });

  it('name the two topics in every language of the editions, the third being ready but off', () => {
    const topics = Object.fromEntries(config.topics.map((topic) => [topic.id, topic]));
    expect(Object.keys(topics)).toEqual(['armenia', 'azerbaijan', 'karabakh']);
    expect(topics['karabakh']?.enabled).toBe(false);
    expect(topics['armenia']?.names).toEqual(
      expect.arrayContaining([
        '亚美尼亚',
        '亞美尼亞',
        'Армения',
        'Armenia',
        'Հայաստան',
        'Ermənistan',
        'Ermenistan',
        'სომხეთი',
      ]),
    );
    expect(topics['armenia']?.names).toEqual(
      expect.arrayContaining(['أرمينيا', 'ارمنستان', 'アルメニア', 'Arménie', 'Armênia']),
    );
    expect(topics['azerbaijan']?.names).toEqual(
      expect.arrayContaining([
        '阿塞拜疆',
        '亞塞拜然',
        'Азербайджан',
        'Ադրբեջան',
        'Azərbaycan',
        'Azerbaycan',
        'აზერბაიჯანი',
      ]),
    );
    expect(topics['azerbaijan']?.names).toEqual(
      expect.arrayContaining(['أذربيجان', 'آذربایجان', 'アゼルバイジャン', 'Azerbaïdjan', 'Azerbaijão', 'Azerbaiyán']),
    );
  });

  it('are frozen through and through', () => {
    expect(() => {
      (config.politeness as { delayMs: number }).delayMs = 0;
    }).toThrow(TypeError);
    expect(() => {
      (config.editions as unknown[]).push({});
    }).toThrow(TypeError);
  });
});

describe('a later source', () => {
  it('overrides an earlier one: default < command < file < environment < flag < program', () => {
    const configFile = file('log: { level: error }\npoliteness: { delayMs: 2 }\n');
    const level = (options: LoadConfigOptions) => load(options).log.level;
    expect(level({})).toBe('info');
    expect(level({ defaults: { logLevel: 'warn' } })).toBe('warn');
    expect(level({ defaults: { logLevel: 'warn' }, configFile })).toBe('error');
    expect(level({ configFile, variables: { SPUTNIK_LOG_LEVEL: 'debug' } })).toBe('debug');
    const flags = { logLevel: 'trace' } as const;
    expect(level({ configFile, variables: { SPUTNIK_LOG_LEVEL: 'debug' }, flags })).toBe('trace');
    expect(level({ flags, overrides: { log: { level: 'silent' } } })).toBe('silent');
  });

  it('leaves alone what it does not name', () => {
    const config = load({ configFile: file('politeness:\n  delayMs: 0\n') });
    expect(config.politeness).toMatchObject({ delayMs: 0, retries: 4 });
  });

  it('may be JSON, empty, or nothing but comments', () => {
    expect(load({ configFile: file('{"web": {"port": 0}}', 'a.json') }).web.port).toBe(0);
    expect(load({ configFile: file('') }).web.port).toBe(8787);
    expect(load({ configFile: file('# nothing yet\n') }).web.port).toBe(8787);
  });

  it('changes one key of an edition, and adds one for which only the language is needed', () => {
    const config = load({
      configFile: file(
        'editions:\n  big5.sputniknews.cn: { fetchFrom: "http://127.0.0.1:8801" }\n  news.example.org: { language: ru }\n',
      ),
    });
    const edition = (id: string) => config.editions.find((one) => one.id === id);
    expect(edition('big5.sputniknews.cn')).toMatchObject({
      fetchFrom: 'http://127.0.0.1:8801',
      family: 'sputniknews.cn',
    });
    expect(edition('news.example.org')).toEqual({
      id: 'news.example.org',
      family: 'news.example.org',
      hosts: ['news.example.org'],
      formerHosts: [],
      language: 'ru',
      timeZone: 'UTC',
      fetchFrom: null,
      seedArticles: [],
      tagPages: {},
      enabled: true,
    });
  });

  it('adds a topic and replaces lists whole', () => {
    const config = load({ configFile: file('topics:\n  armenia: { names: [X] }\n  gyumri: { names: [Гюмри] }\n') });
    expect(config.topics.find(({ id }) => id === 'armenia')).toEqual({ id: 'armenia', names: ['X'], enabled: true });
    expect(config.topics.map(({ id }) => id)).toContain('gyumri');
  });
});

describe('environment variables', () => {
  it('exist for every setting and reach it', () => {
    const samples: Record<string, string> = {
      dataDir: '/srv/data',
      'redis.url': 'redis://h:1',
      'politeness.userAgent': 'a (+https://b.example)',
      'proxy.urls': 'http://p:1,http://q:2',
      'browser.mode': 'never',
      'browser.executablePath': '/usr/bin/b',
      'crawl.via': 'feed, day',
      'crawl.recheck': '[{"ageHoursMax":1,"everyMinutes":2}]',
      'crawl.retryMinutes': '1, 60',
      'dedupe.threshold': '0.75',
      'notify.publicUrl': 'https://h.example',
      'notify.retrySeconds': '60, 60',
      'web.host': '::1',
      'web.token': '0123456789abcdef',
      'log.level': 'debug',
    };
    for (const { path, variable } of SETTING_LIST) {
      const key = path.join('.');
      const config = load({ variables: { [variable]: samples[key] ?? plausible(path.at(-1)!) } });
      expect(config.origins[key], variable).toBe(`environment ${variable}`);
    }
  });

  it('are read as what the setting wants', () => {
    const { crawl, politeness, redis, proxy, web } = load({
      configFile: file('redis: { url: "redis://from-file" }\n'),
      variables: {
        REDIS_URL: 'null',
        SPUTNIK_CRAWL_VIA: 'feed, day',
        SPUTNIK_CRAWL_RECHECK: '[{"ageHoursMax":1,"everyMinutes":2}]',
        SPUTNIK_POLITENESS_OBEY_ROBOTS: 'false',
        SPUTNIK_POLITENESS_DELAY_MS: '0',
        SPUTNIK_POLITENESS_USER_AGENT: '12345',
        SPUTNIK_PROXY_URLS: 'http://p:1,http://q:2',
        SPUTNIK_WEB_TOKEN: '1234567890123456',
        SPUTNIK_SHARED: '/for/tests',
      },
    });
    expect(redis.url).toBeNull();
    expect(crawl.via).toEqual(['feed', 'day']);
    expect(crawl.recheck).toEqual([{ ageHoursMax: 1, everyMinutes: 2 }]);
    expect(politeness).toMatchObject({ obeyRobots: false, delayMs: 0, userAgent: '12345' });
    expect(proxy.urls).toEqual(['http://p:1', 'http://q:2']);
    expect(web.token).toBe('1234567890123456');
  });

  it('are ignored where they are empty', () => {
    const variables = { REDIS_URL: '', SPUTNIK_WEB_TOKEN: '', SPUTNIK_POLITENESS_DELAY_MS: '' };
    expect(load({ variables })).toEqual(load());
  });

  it('that name no setting are refused, with those there are', () => {
    const message = refusal({ variables: { SPUTNIK_POLITENESS_DELAY: '5', SPUTNIK_NONSENSE: 'x' } });
    expect(message).toMatch(
      /environment SPUTNIK_POLITENESS_DELAY: names no setting; there are SPUTNIK_POLITENESS_DELAY_MS/,
    );
    expect(message).toMatch(/environment SPUTNIK_NONSENSE: names no setting/);
    expect(message).toMatch(/environment SPUTNIK_POLITENESS_DELAY: .*; did you mean SPUTNIK_POLITENESS_DELAY_MS\?$/m);
    expect(refusal({ variables: { SPUTNIK_REDIS_URL: 'x' } })).toMatch(/; did you mean REDIS_URL\?$/m);
  });

  it('with a value that does not fit are refused by name', () => {
    for (const text of ['fast', ' 5', '1e3', '0x10', 'Infinity', '-1', '5.5']) {
      expect(refusal({ variables: { SPUTNIK_POLITENESS_DELAY_MS: text } })).toContain(
        `environment SPUTNIK_POLITENESS_DELAY_MS: politeness.delayMs is `,
      );
    }
    expect(refusal({ variables: { SPUTNIK_POLITENESS_OBEY_ROBOTS: 'yes' } })).toContain('expected true or false');
    expect(refusal({ variables: { REDIS_URL: 'redis://u:pa%ss@h:1' } })).toContain('a `%` of a password as %25');
    expect(load({ variables: { REDIS_URL: 'redis://u:pa%25ss@h:1' } }).redis.url).toBe('redis://u:pa%25ss@h:1');
  });
});

describe('settings that are wrong', () => {
  it('are all named at once, each with file, line, key, value and what is allowed', () => {
    const path = file('politeness:\n  delayMs: fast\n  retries: 99\nweb:\n  port: -1\npolitness: {}\n');
    const message = refusal({ configFile: path, flags: { logLevel: 'loud' as never } });
    expect(message.split('\n').slice(1)).toEqual(
      expect.arrayContaining([
        `  ${path}:2: politeness.delayMs is "fast"; expected a whole number of milliseconds, 0 to 3600000`,
        `  ${path}:3: politeness.retries is 99; expected a whole number of further attempts, 0 to 20`,
        `  ${path}:5: web.port is -1; expected a whole number, 0 to 65535`,
        expect.stringContaining(`  ${path}:6: politness is no setting; there are dataDir, redis, politeness`),
        expect.stringContaining('  flag --log-level: log.level is "loud"; expected one of trace, debug'),
      ]),
    );
  });

  it.each([
    [
      'an unknown key within a section',
      'browser: { mod: never }',
      /browser\.mod is no setting; there are mode, executablePath.*; did you mean mode\?$/m,
    ],
    [
      'an unknown key of an edition',
      'editions: { ria.ru: { host: ria.ru } }',
      /editions\.ria\.ru\.host is no setting; there are family, hosts/,
    ],
    ['an unknown key of a topic', 'topics: { armenia: { name: [x] } }', /topics\.armenia\.name is no setting/],
    ['a key that would change an object’s nature', '__proto__: { polluted: true }', /__proto__ is no setting/],
    ['a section that is no section', 'politeness: 5', /politeness is 5; expected a section/],
    ['an emptied section', 'politeness:', /politeness is null; expected a section/],
    ['null where it is not allowed', 'politeness: { delayMs: null }', /delayMs is null/],
    ['text for a number', 'politeness: { delayMs: "5" }', /delayMs is "5"/],
    ['not a number', 'politeness: { delayMs: .nan }', /delayMs is/],
    ['no number at all', 'politeness: { delayMs: .inf }', /delayMs is/],
    ['yes for true', 'politeness: { obeyRobots: yes }', /obeyRobots is "yes"; expected true or false/],
    ['a line break in the user agent', 'politeness: { userAgent: "a\\nb" }', /userAgent is/],
    [
      'an unknown route',
      'crawl: { via: [feed, search] }',
      /crawl\.via\.1 is "search"; expected one of feed, tag, sitemap, day/,
    ],
    ['no route', 'crawl: { via: [] }', /crawl\.via is \[\]/],
    ['a route twice', 'crawl: { via: [feed, feed] }', /none twice/],
    [
      'rules out of order',
      'crawl: { recheck: [{ageHoursMax: 9, everyMinutes: 1}, {ageHoursMax: 3, everyMinutes: 1}] }',
      /each higher/,
    ],
    [
      'a cron of four fields',
      'schedules: { newest: { cron: "* * * *" } }',
      /newest\.cron is "\* \* \* \*"; expected cron of 5 fields/,
    ],
    ['a cron of seven fields', 'schedules: { newest: { cron: "* * * * * * *" } }', /newest\.cron/],
    ['a cron of one minute twice', 'schedules: { newest: { cron: "7,7 * * * *" } }', /newest\.cron/],
    ['a cron out of range', 'schedules: { newest: { cron: "61 * * * *" } }', /newest\.cron/],
    ['a cron that never comes due', 'schedules: { newest: { cron: "0 0 31 2 *" } }', /newest\.cron/],
    ['a cron that differs between processes', 'schedules: { newest: { cron: "H * * * *" } }', /newest\.cron/],
    ['a cron of words', 'schedules: { newest: { cron: "every ten minutes or so" } }', /newest\.cron/],
    [
      'an unknown time zone',
      'schedules: { newest: { timeZone: Mars/Base } }',
      /timeZone is "Mars\/Base"; expected an IANA/,
    ],
    ['an offset for a time zone', 'schedules: { newest: { timeZone: "+04:00" } }', /timeZone is/],
    [
      'an edition without language',
      'editions: { news.example.org: {} }',
      /editions\.news\.example\.org\.language is missing/,
    ],
    ['a language that is none', 'editions: { news.example.org: { language: Русский } }', /language is/],
    ['Chinese without script', 'editions: { news.example.org: { language: zh } }', /script/],
    [
      'an edition id that is no host',
      'editions: { "Bad Host": { language: ru } }',
      /editions\.Bad Host: expected a host name/,
    ],
    ['an edition id that climbs folders', 'editions: { "../x": { language: ru } }', /expected a host name/],
    ['a family that climbs folders', 'editions: { ria.ru: { family: ".." } }', /family is "\.\."/],
    [
      'fetchFrom with a path',
      'editions: { ria.ru: { fetchFrom: "http://a/b" } }',
      /fetchFrom is "http:\/\/a\/b"; expected a bare origin/,
    ],
    ['fetchFrom with a query', 'editions: { ria.ru: { fetchFrom: "http://a?x" } }', /fetchFrom is/],
    ['fetchFrom with credentials', 'editions: { ria.ru: { fetchFrom: "http://u:p@a" } }', /fetchFrom is/],
    ['fetchFrom of another scheme', 'editions: { ria.ru: { fetchFrom: "file:///etc" } }', /fetchFrom is/],
    [
      'hosts without the edition itself',
      'editions: { ria.ru: { hosts: [m.ria.ru] } }',
      /ria\.ru\.hosts is \["m\.ria\.ru"\]; expected ria\.ru among them/,
    ],
    [
      'a host of today and of earlier',
      'editions: { ria.ru: { formerHosts: [ria.ru] } }',
      /formerHosts names ria\.ru, which hosts names too/,
    ],
    [
      'a host that two editions claim',
      'editions: { ria.ru: { hosts: [ria.ru, sputnik.az] } }',
      /sputnik\.az\.yaml:\d+: host sputnik\.az is claimed by edition sputnik\.az and by ria\.ru \(.*settings-\d+\.yaml:1\)/,
    ],
    [
      'a former host that is another’s',
      'editions: { news.example.org: { language: ru, formerHosts: [sputnik.az] } }',
      /host sputnik\.az is claimed by edition news\.example\.org and by sputnik\.az/,
    ],
    [
      'a seed article on another host',
      'editions: { ria.ru: { seedArticles: ["//evil.example/x"] } }',
      /seedArticles\.0 is/,
    ],
    [
      'tag pages of an unknown topic',
      'editions: { ria.ru: { tagPages: { mars: [/geo_Mars/] } } }',
      /tagPages\.mars names no topic; there are armenia/,
    ],
    ['a topic without names', 'topics: { armenia: { names: [] } }', /armenia\.names is \[\]/],
    ['a blank name', 'topics: { armenia: { names: [" "] } }', /names\.0 is " "/],
    [
      'a Redis of another kind',
      'redis: { url: "http://h" }',
      /redis\.url is a value that is kept secret; expected redis:/,
    ],
    [
      'a proxy with a path',
      'proxy: { urls: ["http://user:hunter2@h:1/?key=k"] }',
      /proxy\.urls\.0 is a value that is kept secret; expected http\(s\)/,
    ],
    [
      'a proxy of another kind',
      'proxy: { urls: ["ftp://user:hunter2@h"] }',
      /proxy\.urls\.0 is a value that is kept secret/,
    ],
    ['an open door without a token', 'web: { host: 0.0.0.0 }', /web\.host is "0\.0\.0\.0"; expected loopback/],
    ['a short token', 'web: { token: short }', /web\.token is a value that is kept secret/],
    ['an empty data folder', 'dataDir: ""', /dataDir is ""/],
    ['a list instead of settings', '- a\n- b', /expected settings \(key: value\)/],
    ['a word instead of settings', 'hello', /expected settings/],
    ['broken YAML', 'web: {port: 1\nlog: x', /:\d+:\d+: no valid YAML/],
    [
      'a text that is no YAML',
      '# A title\n\nNote: all: of it\nhunter2: "\n\nweb hunter2: x',
      /^the settings are refused, 1 problem:/,
    ],
    ['a key twice', 'web: { port: 1 }\nweb: { port: 2 }', /:2:1: no valid YAML: Map keys must be unique/],
    ['an unknown tag', 'dataDir: !!js/function x', /no valid YAML/],
    ['two documents', 'dataDir: a\n---\ndataDir: b', /no valid YAML/],
  ])('%s', (_what, text, expected) => {
    const message = refusal({ configFile: file(text) });
    expect(message).toMatch(expected);
    expect(message).not.toContain('hunter2');
  });

  it('a file that is missing, a folder, or too large', () => {
    expect(refusal({ configFile: join(folder, 'none.yaml') })).toMatch(/none\.yaml: cannot be read \(ENOENT\)/);
    expect(refusal({ configFile: folder })).toMatch(/cannot be read \(EISDIR\)/);
    expect(refusal({ configFile: file(`# ${'x'.repeat(1_000_001)}`) })).toMatch(/bytes, at most 1000000/);
  });

  it('a megabyte of keys that are no settings, in seconds', () => {
    const keys = Array.from({ length: 40_000 }, (_, index) => `key${index}: 1`).join('\n');
    const before = process.cpuUsage();
    const message = refusal({ configFile: file(`${keys}\nkey7: 2\n`) });
    expect(message).toMatch(/:40001:1: no valid YAML: Map keys must be unique/);
    expect(refusal({ configFile: file(keys) })).toMatch(/and 39980 more/);
    // A second or two of work; five minutes once.
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(20_000);
  });

  it('a device without an end', () => {
    expect(refusal({ configFile: '/dev/zero' })).toMatch(/bytes, at most 1000000/);
  });

  it('a file whose aliases multiply without end', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((key, at) => `${key}: &${key} [${`*${'abcdefgh'[at]!},`.repeat(9)}]`),
    ];
    expect(refusal({ configFile: file(bomb.join('\n')) })).toMatch(/alias/i);
  });

  it('a file that holds itself, or is nested without sense', () => {
    expect(refusal({ configFile: file('web: &a { b: *a, c: [*a] }') })).toMatch(/: nested more than 32 deep$/m);
    expect(refusal({ configFile: file(`${'{"web":'.repeat(6_000)}1${'}'.repeat(6_000)}`) })).toMatch(
      /nested more than/,
    );
  });

  it.each(['utf16le', 'latin1'] as const)('a file in %s: its names would be others than were meant', (encoding) => {
    const path = file('');
    writeFileSync(path, Buffer.from('topics: { a: { names: ["Azərbaycan é"] } }', encoding));
    expect(refusal({ configFile: path })).toMatch(/is no text in UTF-8/);
  });

  it('a key as long as its file is told in part', () => {
    expect(refusal({ configFile: file(`? ${'k'.repeat(900_000)}\n: 1`) }).length).toBeLessThan(2_000);
  });

  it('more problems than anybody reads are cut off with their number', () => {
    const message = refusal({
      configFile: file(Array.from({ length: 60 }, (_, at) => `key${String(at)}: 1`).join('\n')),
    });
    expect(message).toMatch(/60 problems/);
    expect(message).toMatch(/and 40 more/);
  });
});

describe('a folder of configuration of one’s own', () => {
  it('stands in for the package’s, each edition being named like its file', () => {
    const own = join(folder, 'config');
    mkdirSync(join(own, 'editions'), { recursive: true });
    const packaged = new URL('../../../config/', import.meta.url).pathname;
    writeFileSync(join(own, 'topics.yaml'), 'a: { names: [A] }\n');
    writeFileSync(join(own, 'editions', 'x.example.yaml'), 'language: en\n');
    writeFileSync(join(own, 'default.yaml'), readFileSync(join(packaged, 'default.yaml')));
    const config = load({ configDir: own });
    expect(config.editions.map(({ id }) => id)).toEqual(['x.example']);
    expect(config.origins['editions.x.example.language']).toBe('config/editions/x.example.yaml:1');
  });

  it('must hold every setting', () => {
    const own = join(folder, 'config-short');
    mkdirSync(join(own, 'editions'), { recursive: true });
    writeFileSync(join(own, 'topics.yaml'), 'a: { names: [A] }\n');
    writeFileSync(join(own, 'default.yaml'), 'dataDir: x\n');
    expect(refusal({ configDir: own })).toMatch(/politeness is missing/);
  });
});
