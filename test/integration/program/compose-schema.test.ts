import { Ajv2019 } from 'ajv/dist/2019.js';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FatalError } from '../../../src/domain/errors.js';
import { downloadPackages, fetchLists, hasApt, SYSTEM_LISTS } from '../../../src/platform/apt-packages.js';
import { runProgram } from '../../../src/platform/run-program.js';

const COMPOSE = fileURLToPath(new URL('../../../docker-compose.yml', import.meta.url));
const SPECIFICATION = 'usr/lib/python3/dist-packages/compose/config/compose_spec.json';

interface ComposeFile {
  readonly name: string;
  readonly services: Readonly<Record<string, object>>;
}

/** It names itself and its parts as drafts before 6 did, which today's validators refuse; nothing refers to these names. */
const withoutOldNames = (key: string, value: unknown): unknown =>
  key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value;

const folder = await mkdtemp(join(tmpdir(), 'sputnik-compose-'));
afterAll(() => rm(folder, { recursive: true }));
const specification = await fetchSpecification();

/** The schema of compose files in Debian's docker-compose; null (and said so) where it cannot be fetched. */
async function fetchSpecification(): Promise<object | null> {
  try {
    if (!(await hasApt())) throw new FatalError('no apt here', { code: 'package.unavailable' });
    await download().catch(async () => download(await fetchLists(join(folder, 'apt'))));
    const [archive] = (await readdir(folder)).filter((name) => name.endsWith('.deb'));
    await runProgram('dpkg-deb', ['-x', join(folder, archive ?? ''), folder], { deadlineMs: 30_000 });
    return JSON.parse(await readFile(join(folder, SPECIFICATION), 'utf8'), withoutOldNames) as object;
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    console.warn(`SKIPPED: no schema of compose files to hold docker-compose.yml against (${error.message})`);
    return null;
  }
}

function download(lists = SYSTEM_LISTS): Promise<void> {
  return downloadPackages(['docker-compose'], folder, lists);
}

it.skipIf(specification === null)('docker-compose.yml is what the specification of compose files says', async () => {
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(specification ?? false);
  const { name, ...compose } = parse(await readFile(COMPOSE, 'utf8')) as ComposeFile;
  // The one key that is younger than Debian's copy.
  expect(name).toBe('sputnik-harvester');
  expect([validate(compose), validate.errors]).toEqual([true, null]);
  const wrong = { ...compose, services: { ...compose.services, redis: { image: 'redis', memory: '1g' } } };
  expect(validate(wrong)).toBe(false);
});
