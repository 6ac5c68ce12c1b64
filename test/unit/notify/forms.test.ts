import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  discordBody,
  emailText,
  mattermostBody,
  ntfyBody,
  slackBody,
  telegramBody,
  webhookRequest,
} from '../../../src/notify/forms/message-forms.js';
import { newArticleNotice } from '../../../src/notify/notices/find-notices.js';
import { plainText } from '../../../src/notify/notices/notice.js';
import { EXAMPLE_ARTICLE } from '../domain/example-article.js';
import { messageOf, noticeOf } from './sample-notices.js';

const HOSTILE =
  '<!channel> <@U123> @everyone @here **bold** _it_ ~~gone~~ `code` [x](https://evil.example) <b>&amp;</b> \\ || ||\r\nBcc: a@b.example';
const hostile = messageOf([
  noticeOf({
    title: plainText(HOSTILE, 300),
    text: plainText(`${HOSTILE}\u202Eright to left\u0007`, 500),
    edits: [{ type: 'headline', before: plainText(HOSTILE, 300), after: 'new' }],
  }),
]);
const many = messageOf(
  Array.from({ length: 200 }, (_, at) =>
    noticeOf({ title: `俄羅斯 ${at} `.repeat(20).trim(), text: 'Текст '.repeat(80), edits: [] }),
  ),
  { total: 12_345, gathered: 'limit' },
);

describe('plainText', () => {
  it('leaves one line without controls and direction overrides, cut at a character', () => {
    expect(plainText('a\r\nb\u0000\tc\u2028d', 100)).toBe('a b c d');
    expect(plainText('user\u202Egnp.exe\u2066x\u2069\u200Fy\u00ADz\u200B', 100)).toBe('usergnp.exexyz');
    expect(plainText('می\u200Cروم 👩\u200D🔬', 100)).toBe('می\u200Cروم 👩\u200D🔬');
    expect(plainText('\ud83d alone', 100)).toBe('alone');
    expect(plainText('aaaa😀bbbb', 6)).toBe('aaaa…');
  });
});

describe('Slack', () => {
  it('puts texts of pages where no character means anything', () => {
    const { text, blocks } = slackBody(hostile) as { text: string; blocks: { elements: { elements: object[] }[] }[] };
    expect(text).not.toMatch(/[<>]/);
    const elements = blocks[0]?.elements[0]?.elements as { type: string; text: string }[];
    expect(new Set(elements.map(({ type }) => type))).toEqual(new Set(['text', 'link']));
    expect(elements.some((one) => one.text.includes('<!channel>'))).toBe(true);
  });
});

describe('Markdown', () => {
  it('escapes what either service reads, and mentions nobody', () => {
    const { text } = mattermostBody(hostile) as { text: string };
    const { content, allowed_mentions: mentions } = discordBody(hostile) as {
      content: string;
      allowed_mentions: object;
    };
    for (const written of [text, content]) {
      expect(written).not.toMatch(/@(?:everyone|here)/);
      expect(written).not.toMatch(/(?<!\\)\[x/);
      expect(written).toContain('\\*\\*bold\\*\\*');
      expect(written).toContain('\\<\\!channel\\>');
    }
    expect(mentions).toEqual({ parse: [] });
  });

  it('keeps marks next to letters', () => {
    const edited = messageOf([noticeOf({ edits: [{ type: 'lead', before: 'one two three', after: 'one three' }] })]);
    expect((discordBody(edited) as { content: string }).content).toMatch(/one (?:~~two~~ three|~~two~~  ?three)/);
  });
});

describe('Telegram', () => {
  it('escapes its HTML', () => {
    const { text, chat_id: chat } = telegramBody(hostile, '-100') as { text: string; chat_id: string };
    expect(chat).toBe('-100');
    expect(text.match(/<[^>]*>/g)?.every((tag) => /^<\/?(?:b|s|u|a)(?: href="https:[^"<>]*")?>$/.test(tag))).toBe(true);
    expect(text).toContain('&lt;!channel&gt;');
  });
});

describe('ntfy', () => {
  it('publishes at the root, texts in the body alone', () => {
    const target = {
      form: 'ntfy',
      url: 'https://ntfy.example/sub/desk',
      secret: null,
      token: 'tk_1',
      chat: null,
    } as const;
    const { url, headers, body } = webhookRequest(target, hostile, 0, 'agent');
    expect(url.href).toBe('https://ntfy.example/sub/');
    expect(JSON.parse(body)).toMatchObject({ topic: 'desk', click: 'https://a.example/20261125/1.html' });
    expect(Object.values(headers).every((value) => /^[\x20-\x7e]*$/.test(value))).toBe(true);
  });
});

describe('e-mail', () => {
  it('has a subject of one line, and HTML of its own markup', () => {
    const { subject, html, text } = emailText(hostile);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(subject.length).toBeLessThanOrEqual(200);
    expect(
      html
        .match(/<[^>]*>/g)
        ?.every((tag) =>
          /^<(?:!doctype html|meta charset="utf-8"|br|\/?[bsup]|p dir="auto"|\/?a(?: href="https:[^"<>]*")?)>$/.test(
            tag,
          ),
        ),
    ).toBe(true);
    expect(text).toContain('[-<!channel>');
  });
});

describe('every form', () => {
  it('says how many there are where it cannot tell all, within the limit of its service', () => {
    const bodies = {
      slack: slackBody(many),
      mattermost: mattermostBody(many),
      discord: discordBody(many),
      telegram: telegramBody(many, '1'),
      ntfy: ntfyBody(many, 'desk'),
    };
    for (const body of Object.values(bodies))
      expect(JSON.stringify(body)).toMatch(/and 1(?:23)?\d\d more|and 12[34]\d\d more/);
    expect((bodies.discord as { content: string }).content.length).toBeLessThanOrEqual(2_000);
    expect((bodies.telegram as { text: string }).text.length).toBeLessThanOrEqual(4_096);
    expect(Buffer.byteLength((bodies.ntfy as { message: string }).message)).toBeLessThanOrEqual(3_900);
    expect(JSON.stringify(bodies)).toContain('held back');
  });

  it('fits whatever a single notice holds', () => {
    const full = messageOf([
      noticeOf({
        title: '*'.repeat(300),
        text: '_'.repeat(500),
        edits: Array.from({ length: 10 }, () => ({
          type: 'paragraph changed',
          before: '<'.repeat(2_000),
          after: '&'.repeat(2_000),
        })),
      }),
    ]);
    expect((discordBody(full) as { content: string }).content.length).toBeLessThanOrEqual(2_000);
    expect((telegramBody(full, '1') as { text: string }).text.length).toBeLessThanOrEqual(4_096);
  });

  it('writes a link to nothing but the web', () => {
    const article = { ...EXAMPLE_ARTICLE, url: 'javascript:alert(1)' };
    expect(newArticleNotice(article, '2026-11-25T10:00:00Z', null).url).toBeNull();
  });
});

describe('a signed webhook', () => {
  it('is signed over timestamp and body, and named by the message', () => {
    const secret = '0123456789abcdef';
    const target = { form: 'json', url: 'https://a.example/hook', secret, token: null, chat: null } as const;
    const { headers, body } = webhookRequest(target, hostile, 1_764_000_000_999, 'agent');
    const expected = createHmac('sha256', secret).update(`1764000000.${body}`).digest('hex');
    expect(headers['x-sputnik-timestamp']).toBe('1764000000');
    expect(headers['x-sputnik-signature']).toBe(`sha256=${expected}`);
    expect(headers['idempotency-key']).toBe(hostile.id);
    expect(JSON.parse(body)).toEqual(hostile);
  });
});
