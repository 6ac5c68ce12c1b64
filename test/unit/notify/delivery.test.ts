import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { NotifyTarget } from '../../../src/config/config.js';
import { createSender, type Sender } from '../../../src/notify/delivery/create-sender.js';
import { plainText } from '../../../src/notify/notices/notice.js';
import { messageOf, noticeOf } from './sample-notices.js';
import { startSmtpServer, type SmtpServer } from './smtp-server.js';

const TARGET: NotifyTarget = {
  ...{
    name: 'desk',
    form: 'json',
    url: '',
    secret: null,
    token: null,
    chat: null,
    from: null,
    to: [],
    allowPrivate: true,
  },
};
const MESSAGE = messageOf([noticeOf({ kind: 'edit', edits: [{ type: 'headline', before: 'old', after: 'new' }] })]);
const NOW = Date.parse('2026-11-25T10:00:00Z');

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function sender(settings: Readonly<Record<string, string>> = {}): Sender {
  const made = createSender({
    environment: { settings },
    clock: { now: () => NOW },
    userAgent: 'test',
    drawPicture: () =>
      Promise.resolve({ filename: 'edit.svg', content: Buffer.from('<svg/>'), contentType: 'image/svg+xml' }),
  });
  closing.push(() => made.close());
  return made;
}

async function receiver(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

describe('a webhook', () => {
  it.each([
    [204, {}, 'taken', null],
    [400, {}, 'refused', null],
    [404, {}, 'refused', null],
    [408, {}, 'later', null],
    [429, { 'retry-after': '120' }, 'later', 120_000],
    [429, { 'retry-after': 'Wed, 25 Nov 2026 10:00:30 GMT' }, 'later', 30_000],
    [429, {}, 'later', null],
    [500, {}, 'later', null],
    [503, { 'retry-after': '5' }, 'later', 5_000],
  ] as const)('answered %i %j is %s', async (status, headers, kind, retryAfterMs) => {
    const url = await receiver((_request, response) => response.writeHead(status, headers).end('said so'));
    const delivery = await sender().send({ ...TARGET, url }, MESSAGE);
    expect(delivery).toMatchObject({ kind, retryAfterMs });
    expect(delivery.answer).toContain(`HTTP ${status}`);
  });

  it('is never led elsewhere', async () => {
    let led = 0;
    const elsewhere = await receiver((_request, response) => {
      led += 1;
      response.end();
    });
    const url = await receiver((_request, response) => response.writeHead(307, { location: elsewhere }).end());
    expect(await sender().send({ ...TARGET, url }, MESSAGE)).toMatchObject({
      kind: 'refused',
      answer: 'HTTP 307: redirects are not followed',
    });
    expect(led).toBe(0);
  });

  it('goes to no private address unless its target says so, whatever the name', async () => {
    let asked = 0;
    const url = await receiver((_request, response) => {
      asked += 1;
      response.end();
    });
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1']) {
      const there = url.replace('127.0.0.1', host);
      const { kind, answer } = await sender().send({ ...TARGET, url: there, allowPrivate: false }, MESSAGE);
      expect([kind, answer], host).toEqual(['refused', expect.stringContaining('no public address')]);
    }
    expect(asked).toBe(0);
  });

  it('that is reset or refused is sent later; one whose answer breaks off was taken', async () => {
    const reset = await receiver((request) => request.socket.resetAndDestroy());
    expect(await sender().send({ ...TARGET, url: reset }, MESSAGE)).toMatchObject({ kind: 'later' });
    expect(await sender().send({ ...TARGET, url: 'http://127.0.0.1:1/' }, MESSAGE)).toMatchObject({
      kind: 'later',
      answer: expect.stringContaining('ECONNREFUSED') as string,
    });
    const broken = await receiver((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    expect(await sender().send({ ...TARGET, url: broken }, MESSAGE)).toMatchObject({ kind: 'taken' });
  });

  it('that is taken is known to be, also where its answer does not end', async () => {
    let isOpen = false;
    const endless = await receiver((_request, response) => {
      isOpen = true;
      response.on('close', () => (isOpen = false));
      response.writeHead(200);
      response.write('never ');
    });
    expect(await sender().send({ ...TARGET, url: endless }, MESSAGE)).toMatchObject({ kind: 'taken' });
    expect(isOpen).toBe(true);
  });

  it('keeps little of an answer, and no secret that it repeats', async () => {
    const url = await receiver((request, response) => {
      const token = request.headers.authorization ?? '';
      response.writeHead(403).end(`\u0007${token} at ${request.url ?? ''} ${'x'.repeat(100_000)}`);
    });
    const target = { ...TARGET, url: `${url}/very-secret-path`, token: 'a-secret-token' };
    const { answer } = await sender().send(target, MESSAGE);
    expect(answer).toMatch(/^HTTP 403 Bearer \*\*\* at \/hook\/\*\*\* x+…$/);
    expect(answer.length).toBeLessThanOrEqual(200);
  });

  it('reads its secrets where they stand, each time, and says which is missing', async () => {
    const signatures: unknown[] = [];
    const url = await receiver((request, response) => {
      signatures.push(request.headers['x-sputnik-signature']);
      response.end();
    });
    const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
    closing.push(async () => {
      await Promise.resolve();
      rmSync(folder, { recursive: true });
    });
    const file = join(folder, 'url');
    const target = { ...TARGET, url: `file:${file}`, secret: 'env:SPUTNIK_SECRET_HOOK' };
    const sending = sender({ SPUTNIK_SECRET_HOOK: '0123456789abcdef' });
    expect(await sending.send(target, MESSAGE)).toMatchObject({
      kind: 'refused',
      answer: expect.stringContaining(`the file ${file}`) as string,
    });
    writeFileSync(file, `${url}\n`);
    expect(await sending.send(target, MESSAGE)).toMatchObject({ kind: 'taken' });
    expect(signatures).toEqual([expect.stringMatching(/^sha256=[0-9a-f]{64}$/)]);
    writeFileSync(file, 'no address');
    expect(await sending.send(target, MESSAGE)).toMatchObject({ kind: 'refused' });
    writeFileSync(file, 'x'.repeat(5_000));
    expect(await sending.send(target, MESSAGE)).toMatchObject({ kind: 'refused' });
  });
});

describe('an e-mail', () => {
  const mailTarget = (smtp: SmtpServer): NotifyTarget => ({
    ...{ ...TARGET, form: 'email', url: `smtp://127.0.0.1:${smtp.port}` },
    ...{ from: 'Watch <watch@example.org>', to: ['a@example.org', 'b@example.org'] },
  });

  it('goes to all recipients, with a picture of the edit, and nothing of a title gets into its headers', async () => {
    const smtp = await startSmtpServer();
    closing.push(() => smtp.close());
    const title = plainText('Заголовок\r\nBcc: evil@example.org\r\n\r\n.\r\nQUIT', 300);
    const message = messageOf([
      noticeOf({ kind: 'edit', title, edits: [{ type: 'headline', before: 'old', after: 'new' }] }),
    ]);
    expect(await sender().send(mailTarget(smtp), message)).toMatchObject({ kind: 'taken' });
    const [head = '', ...body] = (smtp.mails[0] ?? '').split('\r\n\r\n');
    expect(smtp.mails).toHaveLength(1);
    expect(smtp.commands.filter((line) => line.startsWith('RCPT'))).toEqual([
      'RCPT TO:<a@example.org>',
      'RCPT TO:<b@example.org>',
    ]);
    expect(head).toMatch(/^Message-ID: <0123456789abcdef0123456789abcdef@example\.org>$/m);
    expect(head).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(head).not.toMatch(/^Bcc:/im);
    expect(body.join('\r\n\r\n')).toContain('filename=edit.svg');
  });

  it('is sent later where the server says so or does not answer, and refused for good', async () => {
    const smtp = await startSmtpServer();
    closing.push(() => smtp.close());
    smtp.answerMail = '451 come back';
    expect(await sender().send(mailTarget(smtp), MESSAGE)).toMatchObject({
      kind: 'later',
      answer: expect.stringContaining('451') as string,
    });
    smtp.answerMail = '550 no';
    expect(await sender().send(mailTarget(smtp), MESSAGE)).toMatchObject({ kind: 'refused' });
    const nobody = { ...mailTarget(smtp), url: 'smtp://127.0.0.1:1' };
    expect(await sender().send(nobody, MESSAGE)).toMatchObject({ kind: 'later' });
    expect(await sender().send({ ...mailTarget(smtp), allowPrivate: false }, MESSAGE)).toMatchObject({
      kind: 'refused',
    });
  });
});
