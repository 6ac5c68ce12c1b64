import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FatalError } from '../../../src/domain/errors.js';
import { systemClock } from '../../../src/platform/clock.js';
import { privatePackage, type PrivatePackage } from '../../../src/platform/private-packages.js';
import { startTestSite, type TestSite } from '../../../testsite/start-test-site.js';
import { freePort } from '../free-port.js';
import { createWorkplace, eventually, finished, testSiteSettings, type Workplace } from './run-sputnik.js';

const OPS = fileURLToPath(new URL('../../../ops', import.meta.url));
const COMPOSE = fileURLToPath(new URL('../../../docker-compose.yml', import.meta.url));
const HTTP_DOC = fileURLToPath(new URL('../../../docs/http.md', import.meta.url));
const TOKEN = 'a-token-of-the-test-0123';
const prometheus = await findPrometheus();

/** Debian's Prometheus with promtool beside it; null (and said so) where it cannot be fetched. */
async function findPrometheus(): Promise<PrivatePackage | null> {
  try {
    const cacheDir = join(homedir(), '.cache', 'sputnik-harvester');
    return await privatePackage({ name: 'prometheus', binary: 'prometheus', cacheDir });
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    console.warn(`SKIPPED: no Prometheus to load ops/prometheus with (${error.message}; ${error.hint ?? ''})`);
    return null;
  }
}

describe.skipIf(prometheus === null)('the Prometheus of Debian', () => {
  let folder: string;
  let testSite: TestSite;
  let workplace: Workplace;
  let service: ReturnType<Workplace['start']>;
  let origin: string;
  let metrics: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sputnik-prometheus-'));
    await cp(join(OPS, 'prometheus'), folder, { recursive: true });
    testSite = await startTestSite({ seed: 5, stories: 6, clock: systemClock, editions: ['sputniknews.cn'] });
    const web = { port: 0, token: TOKEN };
    workplace = await createWorkplace({ ...testSiteSettings(testSite), web });
    expect((await workplace.run(['crawl'])).code).toBe(0);
    service = workplace.start(['serve', '--json']);
    const said: string[] = [];
    service.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    origin = await eventually(() => /"origin": ?"([^"]+)"/.exec(said.join(''))?.[1] ?? null, 30_000);
    const answer = await fetch(`${origin}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    metrics = await answer.text();
    expect(answer.status).toBe(200);
  });
  afterAll(async () => {
    service.kill('SIGTERM');
    await once(service, 'exit');
    await testSite.stop();
    await workplace.remove();
    await rm(folder, { recursive: true });
  });

  const programOf = (name: string) => (prometheus === null ? name : join(dirname(prometheus.program), name));
  async function promtool(words: readonly string[], input = ''): Promise<{ code: number | null; said: string }> {
    const child = spawn(programOf('promtool'), words, { cwd: folder });
    child.stdin.end(input);
    const { code, stdout, stderr } = await finished(child);
    return { code, said: stdout + stderr };
  }

  it('finds nothing to say about the metrics, the rules and the configuration', async () => {
    expect(await promtool(['check', 'metrics'], metrics)).toEqual({ code: 0, said: '' });
    await writeFile(join(folder, 'web-token'), TOKEN);
    const checked = await promtool(['check', 'config', '--lint=all', '--lint-fatal', 'prometheus.yml']);
    expect([checked.said, checked.code]).toEqual([expect.stringContaining('15 rules found'), 0]);
  });

  it('starts in the container on a copy of the same configuration, with the address and the token of the service', async () => {
    const compose = parse(await readFile(COMPOSE, 'utf8')) as { services: { prometheus: { entrypoint: string[] } } };
    const [shell = '', option = '', text = ''] = compose.services.prometheus.entrypoint;
    const inside = join(folder, 'inside');
    await mkdir(inside);
    const script = text
      .replaceAll('$$', '$')
      .replaceAll('/tmp', inside)
      .replaceAll('/etc/sputnik', join(OPS, 'prometheus'))
      .replace(/exec .+/, `exec ${programOf('promtool')} check config ${inside}/prometheus.yml`);
    const { code } = await finished(
      spawn(shell, [option, script], { env: { ...process.env, SPUTNIK_WEB_TOKEN: TOKEN } }),
    );
    expect(code).toBe(0);
    expect(await readFile(join(inside, 'prometheus.yml'), 'utf8')).toContain("targets: ['harvester:8787']");
    expect(await readFile(join(inside, 'web-token'), 'utf8')).toBe(TOKEN);
  });

  it('sounds an alarm when it is time, and no sooner', async () => {
    await cp(fileURLToPath(new URL('alerts.promtool.yml', import.meta.url)), join(folder, 'tests.yml'));
    const tested = await promtool(['test', 'rules', 'tests.yml']);
    expect([tested.said, tested.code]).toEqual([expect.stringContaining('SUCCESS'), 0]);
  });

  it('reads the service with the committed configuration, and every metric of rules and dashboard is one of ours', async () => {
    // As it is committed, but for the address, and more often.
    const text = await readFile(join(folder, 'prometheus.yml'), 'utf8');
    await writeFile(
      join(folder, 'prometheus.yml'),
      text.replace('127.0.0.1:8787', new URL(origin).host).replaceAll('30s', '1s'),
    );
    await writeFile(join(folder, 'web-token'), TOKEN);
    const port = await freePort();
    const words = [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=tsdb',
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const child = spawn(programOf('prometheus'), words, { cwd: folder, stdio: 'ignore' });
    try {
      const api = `http://127.0.0.1:${port}/api/v1`;
      const query = (text: string) => read(`${api}/query?query=${encodeURIComponent(text)}`);
      const isUp = async (): Promise<true | null> => {
        const found = await query('up == 1').catch(() => null);
        return found !== null && found.data.result.length === 1 ? true : null;
      };
      await eventually(isUp, 60_000);
      const dashboard = await readFile(join(OPS, 'grafana/sputnik.json'), 'utf8');
      const rules = await readFile(join(OPS, 'prometheus/alerts.yml'), 'utf8');
      const documented = namesIn(await readFile(HTTP_DOC, 'utf8'));
      const told = new Set([...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!));
      expect([...told].filter((name) => !documented.has(name))).toEqual([]);
      const used = namesIn(`${rules}${dashboard}`);
      expect(used.size).toBeGreaterThan(15);
      expect([...used].filter((name) => !documented.has(name))).toEqual([]);
      for (const { expr } of panelQueries(dashboard)) expect(await query(expr)).toMatchObject({ status: 'success' });
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
});

function namesIn(text: string): Set<string> {
  const names = [...text.matchAll(/\bsputnik_[a-z_]+/g)].map(([name]) => name);
  return new Set(names.map((name) => name.replace(/_(?:bucket|count|sum)$/, '')));
}

interface Answer {
  readonly status: string;
  readonly data: { readonly result: readonly unknown[] };
}

async function read(url: string): Promise<Answer> {
  return (await (await fetch(url)).json()) as Answer;
}

function panelQueries(dashboard: string): readonly { readonly expr: string }[] {
  const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] };
  return panels.flatMap(({ targets }) => targets);
}
