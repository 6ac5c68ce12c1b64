import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VERBS } from '../../../src/cli/verbs.js';
import { createWorkplace, finished, type Workplace } from './run-sputnik.js';

describe('the command line', () => {
  let workplace: Workplace;

  beforeAll(async () => {
    workplace = await createWorkplace({});
  });

  afterAll(() => workplace.remove());

  it.each(VERBS.map(({ name }) => name))('explains %s with --help', async (verb) => {
    const { code, stdout } = await workplace.run([verb, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: sputnik ${verb}\\b`));
    expect(stdout).toContain('--json');
  });

  it.each([
    [['crawl', '--since', '2023-02-30'], '2023-02-30'],
    [['crawl', '--since', '2023-02-02', '--until', '2023-02-01'], 'after'],
    [['crawl', '--since', '9998-01-01'], 'is after today'],
    [['serve', '--only', ''], 'It names nothing'],
    [['crawl', '--edition', 'example.org'], 'example.org'],
    [['crawl', '--via', 'smoke'], 'smoke'],
    [['crawl', '--limit', '0'], '--limit'],
    [['crawl', '--url', 'https://example.org/20230412/1.html'], 'example.org'],
    [['show', '123456789'], 'nothing is stored'],
    [['dance'], 'dance'],
    [['crawl', '--colour', 'red'], '--colour'],
  ])('ends %j with exit code 2 and one clear line', async (words, mention) => {
    const { code, stderr, stdout } = await workplace.run(words);
    expect(code).toBe(2);
    expect(stderr).toContain(mention);
    expect(stderr).not.toContain('    at ');
    expect(stdout).toBe('');
  });

  it.each([
    [['dance'], 'unknown command', 'sputnik --help', 'usage.unknown'],
    [['staus'], 'staus', 'did you mean stats or status?', 'usage.unknown'],
    [['crawl', '--colour'], '--colour', 'sputnik crawl --help', 'usage.option'],
    [['failed', 'dance'], 'failed dance: expected one of list, show, retry, drop', 'failed --help', 'usage.words'],
    [['failed', 'list', 'dance'], 'too many arguments', 'failed list --help', 'usage.words'],
    [['help', 'serch'], 'serch', 'did you mean search?', 'usage.unknown'],
    [
      ['--log-level', 'warn', 'schedule', 'pause'],
      "missing required argument 'name'",
      'schedule pause --help',
      'usage.words',
    ],
    [['crawl', '--limit'], "option '--limit <n>' argument missing", 'crawl --help', 'usage.words'],
  ])(
    'tells what is wrong with %j as every error is told, with --json as a document',
    async (words, message, hint, code) => {
      const said = await workplace.run(words);
      expect([said.code, said.stdout]).toEqual([2, '']);
      expect(said.stderr).toMatch(/^sputnik: .*\n {2}.*\n$/);
      const { value } = await workplace.document(words);
      expect(value).toMatchObject({
        error: {
          code,
          message: expect.stringContaining(message) as string,
          hint: expect.stringContaining(hint) as string,
        },
      });
    },
  );

  it('refuses settings that it does not know by file, key and value', async () => {
    const file = join(workplace.dataDir, '..', 'wrong.yaml');
    await writeFile(file, 'politeness:\n  delayMs: soon\n  hurry: true\n');
    const { code, stderr } = await workplace.run(['config', 'check', file]);
    expect(code).toBe(2);
    expect(stderr).toContain('wrong.yaml');
    expect(stderr).toContain('politeness.delayMs');
    expect(stderr).toContain('politeness.hurry');
  });

  it('marks the place in the query of a rule of notification that cannot be understood', async () => {
    const file = join(workplace.dataDir, '..', 'query.yaml');
    const rule = "{ on: [edit], to: [hook], query: '亚美尼亚 topic:cheese', enabled: false }";
    await writeFile(
      file,
      `notify:\n  targets: { hook: { form: json, url: 'https://a.example/b' } }\n  rules: { desk: ${rule} }\n`,
    );
    const { code, stderr } = await workplace.run(['config', 'check', file]);
    expect(code).toBe(2);
    expect(stderr).toContain('notify.rules.desk.query: ');
    expect(stderr).toMatch(/亚美尼亚 topic:cheese\n {2}\u3000{4} {7}\^/);
  });

  it('shows where each setting came from', async () => {
    const { code, value } = await workplace.document(['config']);
    expect(code).toBe(0);
    const { settings } = value as { settings: { key: string; origin: string }[] };
    expect(settings.find(({ key }) => key === 'dataDir')?.origin).toBe('flag --data-dir');
  });

  it('ends once its work is done, though something was left open that would keep the process', async () => {
    const runVerb = new URL('../../../dist/src/cli/arguments/run-verb.js', import.meta.url).href;
    const script = `
      import { runVerb } from ${JSON.stringify(runVerb)};
      setInterval(() => undefined, 1_000);
      await runVerb(() => Promise.resolve(3))({ optsWithGlobals: () => ({}), args: [] });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { timeout: 30_000 });
    expect(await finished(child)).toMatchObject({ code: 3, stderr: '' });
  });

  it('says with exit code 3 and the reason that a page is no article', async () => {
    const words = ['extract', '-', '--url', 'https://sputniknews.cn/20230412/1049499304.html'];
    const { code, stderr } = await workplace.run(words, '<html><body><p>nothing here</p></body></html>');
    expect(code).toBe(3);
    expect(stderr).toContain('no article');
  });
});
