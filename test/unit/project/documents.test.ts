import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { crawlJobSchema } from '../../../src/queue/crawl-jobs.js';
import { pageJobSchema } from '../../../src/queue/page-jobs.js';
import { ROOMS } from '../../architecture/import-rules.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const read = (name: string): string => readFileSync(path.join(ROOT, name), 'utf8');
const pages = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join(folder, name));

const DOCUMENTS = [...pages('.'), ...pages('docs'), ...pages('docs/decisions')];

/** Relative targets of links, without their anchors. */
function linkTargets(page: string): string[] {
  return [...page.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)[^)]*\)/g)].map(([, target]) => target ?? '');
}

/** As GitHub makes them of headings. */
function headingsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function syntaxErrors(text: string): string[] {
  const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

describe('the documents', () => {
  it.each(DOCUMENTS)('%s links only to what is there', (name) => {
    const missing = linkTargets(read(name)).filter(
      (target) => !existsSync(path.join(ROOT, path.dirname(name), target)),
    );
    expect(missing).toEqual([]);
  });

  it.each(DOCUMENTS)('%s links only to headings that are there', (name) => {
    const targets = [...read(name).matchAll(/\]\((?![a-z]+:)([^)#\s]*)#([^)\s]+)\)/g)];
    const missing = targets.filter(([, page = '', anchor = '']) => {
      const file = page === '' ? name : path.join(path.dirname(name), page);
      return file.endsWith('.md') && !headingsOf(read(file)).includes(anchor);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  it.each(DOCUMENTS)('%s shows data and scripts that can be read', (name) => {
    for (const [, language, text = ''] of read(name).matchAll(/^```(json|yaml|js|sh|bash)\n([\s\S]*?)^```/gm)) {
      if (language === 'json') JSON.parse(text);
      else if (language === 'yaml') expect(parseDocument(text).errors).toEqual([]);
      else if (language === 'js') expect(syntaxErrors(text)).toEqual([]);
      else expect(spawnSync('bash', ['-n', '-c', text]).stderr.toString()).toBe('');
    }
  });

  it.each(DOCUMENTS)('%s names only source files that are there', (name) => {
    const named = read(name).match(/(?<![\w/.-])(?:src|test|testsite)\/[\w/.-]+\.(?:[cm]?[jt]s|json|md)\b/g) ?? [];
    expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it('show payloads of both queues that their workers take', () => {
    const [crawl, page] = [...read('docs/queues.md').matchAll(/```json\n([\s\S]*?)```/g)].map(
      ([, text = '']): unknown => JSON.parse(text),
    );
    expect(crawlJobSchema.parse(crawl)).toMatchObject({ v: 1, requestedBy: 'newsdesk' });
    expect(pageJobSchema.parse(page)).toMatchObject({ v: 1, kind: 'article' });
  });

  it('bring Bull Board together with the queues it shows, in the versions that are tested', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      Record<string, string>
    >;
    const packages = ['@bull-board/api', '@bull-board/ui', 'bullmq'].map((name) => {
      const version = { ...devDependencies, ...dependencies }[name];
      return `${name}@${/\d+/.exec(version ?? '')?.[0] ?? ''}`;
    });
    for (const page of ['docs/http.md', 'docs/errors.md', 'src/app/service/queue-board.ts']) {
      expect([page, read(page)]).toEqual([page, expect.stringContaining(`npm install ${packages.join(' ')}`)]);
    }
  });

  it('give the two commands first, each complete in itself', () => {
    const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(read('README.md')) ?? [];
    const commands = block
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+#.*/, ''));
    expect(commands).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
  });

  it('come with schemas of --json that are what the types say', () => {
    const { status, stderr } = spawnSync(process.execPath, [
      path.join(ROOT, 'scripts/write-cli-schemas.js'),
      '--check',
    ]);
    expect(status, stderr.toString()).toBe(0);
  }, 60_000);

  it('list every decision, numbered without a gap', () => {
    const records = readdirSync(path.join(ROOT, 'docs/decisions')).filter((name) => /^\d/.test(name));
    expect(records.map((name) => Number(name.slice(0, 4)))).toEqual(records.map((_, at) => at + 1));
    const index = read('docs/decisions/README.md');
    for (const record of records) expect(index).toContain(`(${record})`);
  });

  it('name every room of the source, in the order of imports', () => {
    const [, table = ''] = /## Rooms\n([\s\S]*?)\n## /.exec(read('ARCHITECTURE.md')) ?? [];
    const rooms = [...table.matchAll(/^\| `([a-z]+)` +\|/gm)].map(([, room]) => room);
    const folders = readdirSync(path.join(ROOT, 'src'));
    expect(folders.filter((folder) => !rooms.includes(folder))).toEqual([]);
    expect(rooms).toEqual([...ROOMS]);
  });
});
