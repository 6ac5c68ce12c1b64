import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { SETTING_LIST } from '../../../src/config/environment.js';
import { loadConfig } from '../../../src/config/load-config.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');

const serviceSchema = z.looseObject({
  user: z.string(),
  read_only: z.boolean(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  volumes: z.array(z.string()),
  networks: z.array(z.string()),
  restart: z.string(),
  stop_grace_period: z.string(),
  ports: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  command: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).default([]),
  profiles: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});
const composeSchema = z.object({
  name: z.string(),
  services: z.strictObject({ redis: serviceSchema, harvester: serviceSchema, prometheus: serviceSchema }),
  networks: z.record(z.string(), z.object({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.object({})),
});

const compose = composeSchema.parse(parse(read('docker-compose.yml')));
const { redis, harvester, prometheus } = compose.services;
const dockerfile = read('Dockerfile');
/** Instructions with their continued lines joined and comments dropped. */
const instructions = dockerfile
  .replace(/^\s*#.*\n/gm, '')
  .replace(/\\\n\s*/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '');
const variables = new Set(SETTING_LIST.map(({ variable }) => variable));

describe('docker-compose.yml', () => {
  it.each(Object.entries(compose.services))(
    '%s runs without privileges on a read-only file system',
    (_name, service) => {
      expect(service.user).not.toMatch(/^(?:root|0)(?::|$)/);
      expect(service.read_only).toBe(true);
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service).not.toHaveProperty('cap_add');
      for (const way of ['privileged', 'network_mode', 'pid', 'ipc', 'userns_mode', 'devices', 'env_file']) {
        expect(service).not.toHaveProperty(way);
      }
      expect(service.security_opt.filter((option) => option.includes('unconfined'))).toEqual([]);
      expect(service.security_opt).toContain('no-new-privileges:true');
      expect(service.restart).toBe('unless-stopped');
      expect(service.stop_grace_period).toBe('30s');
    },
  );

  it('keeps the queue on disk, evicts nothing, and lets nobody but the harvester reach it', () => {
    const options = redis.command.join(' ');
    expect(options).toContain('--appendonly yes');
    expect(options).toContain('--maxmemory-policy noeviction');
    expect(redis.ports).toEqual([]);
    expect(redis.networks).toEqual(['queue']);
    expect(compose.networks['queue']).toEqual({ internal: true });
    expect(redis.volumes).toEqual(['redis:/data']);
    expect(redis.healthcheck?.test).toContain('ping');
    expect(harvester.depends_on['redis']).toEqual({ condition: 'service_healthy' });
  });

  it('publishes the web page on loopback alone, and never without a token', () => {
    expect(harvester.ports.length).toBeGreaterThan(0);
    for (const port of [...harvester.ports, ...prometheus.ports]) expect(port).toMatch(/^127\.0\.0\.1:/);
    expect(harvester.environment['SPUTNIK_WEB_TOKEN']).toMatch(/^\$\{SPUTNIK_WEB_TOKEN:\?/);
  });

  it('leaves the browser off, whose sandbox is not possible here', () => {
    expect(harvester.environment['SPUTNIK_BROWSER_MODE']).toBe('${SPUTNIK_BROWSER_MODE:-never}');
    expect(dockerfile).not.toContain('no-sandbox');
  });

  it('holds no secret of its own', () => {
    for (const [name, value] of Object.entries(harvester.environment)) {
      if (/TOKEN|PASSWORD|SECRET/.test(name)) expect(value).toMatch(/^\$\{/);
    }
  });

  it('keeps the corpus in a volume and gives scratch space in memory', () => {
    expect(harvester.environment['SPUTNIK_DATA_DIR']).toBe('/data');
    expect(harvester.volumes).toEqual(['data:/data']);
    expect(harvester.tmpfs.some((mount) => mount.startsWith('/tmp:'))).toBe(true);
    expect(Object.keys(compose.volumes).sort()).toEqual(['data', 'prometheus', 'redis']);
  });

  it('starts a Prometheus only where it is asked for, apart from the queue', () => {
    expect([redis.profiles, harvester.profiles, prometheus.profiles]).toEqual([[], [], ['prometheus']]);
    expect(prometheus.networks).toEqual(['web']);
    expect(harvester.networks).toContain('web');
  });

  it('sets only what is a setting', () => {
    expect(Object.keys(harvester.environment).filter((name) => !variables.has(name))).toEqual([]);
  });
});

describe('the recipe of .env', () => {
  const [, recipe = ''] = /^#\s+(test -f \.env \|\| .+)$/m.exec(read('docker-compose.yml')) ?? [];

  it('is the one of the README', () => {
    expect(recipe).not.toBe('');
    expect(read('README.md')).toContain(`\n${recipe}\n`);
  });

  it('writes a token that the service takes, for this user alone, once', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sputnik-compose-'));
    const run = (): string => {
      execFileSync('sh', ['-c', recipe], { cwd: folder });
      return readFileSync(path.join(folder, '.env'), 'utf8');
    };
    const written = run();
    const [, name = '', token = ''] = /^(\w+)=(.+)\n$/.exec(written) ?? [];
    expect(name).toBe('SPUTNIK_WEB_TOKEN');
    expect(loadConfig({ variables: { [name]: token } }).web.token).toBe(token);
    expect(statSync(path.join(folder, '.env')).mode & 0o777).toBe(0o600);
    expect(run()).toBe(written);
    rmSync(folder, { recursive: true });
  });
});

describe('Dockerfile', () => {
  it('copies only what is there and what .dockerignore lets through', () => {
    const letThrough = new Set([...read('.dockerignore').matchAll(/^!(\S+)$/gm)].map(([, name]) => name));
    const copied = instructions
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(copied.length).toBeGreaterThan(5);
    for (const name of copied) {
      expect(existsSync(path.join(ROOT, name)), name).toBe(true);
      expect(letThrough).toContain(name);
    }
  });

  it('calls npm scripts and starts a program that exist', () => {
    const manifest = z
      .object({ scripts: z.record(z.string(), z.string()), bin: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));
    for (const [, script] of dockerfile.matchAll(/npm run ([\w:-]+)/g))
      expect(manifest.scripts).toHaveProperty(script!);
    const entry = instructions.find((line) => line.startsWith('ENTRYPOINT'));
    expect(entry).toContain(manifest.bin['sputnik']);
    const source = manifest.bin['sputnik']!.replace(/^dist\/(.*)\.js$/, '$1.ts');
    expect(existsSync(path.join(ROOT, source)), source).toBe(true);
  });

  it('ends as a user without rights, with a health check and signals passed on', () => {
    expect(instructions.filter((line) => line.startsWith('USER')).at(-1)).toBe('USER node');
    expect(instructions.some((line) => line.startsWith('HEALTHCHECK') && line.includes('/healthz'))).toBe(true);
    expect(instructions.find((line) => line.startsWith('ENTRYPOINT'))).toContain('["tini", "--"');
  });

  it('starts from a pinned Node and sets only what is a setting', () => {
    for (const line of instructions.filter((one) => one.startsWith('FROM')))
      expect(line).toContain('node:24-bookworm-slim');
    const set = [...dockerfile.matchAll(/\b(SPUTNIK_\w+|REDIS_URL)=/g)].map(([, name]) => name!);
    expect(set.length).toBeGreaterThan(0);
    expect(set.filter((name) => !variables.has(name))).toEqual([]);
  });
});

describe('.ci/run', () => {
  it('stops at the first failure and calls only scripts that exist', () => {
    const script = read('.ci/run');
    expect(script).toMatch(/^#!\/usr\/bin\/env bash\n/);
    expect(script).toContain('set -euo pipefail');
    const scripts = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json'))).scripts;
    for (const [, name] of script.matchAll(/npm run (?:--silent )?([\w:-]+)/g)) expect(scripts).toHaveProperty(name!);
  });
});
