import type { NotifyRule } from '../../../src/config/config.js';
import type { Message, Notice } from '../../../src/notify/notices/notice.js';

export const RULE: NotifyRule = {
  name: 'armenia',
  on: ['article', 'edit', 'withdrawal'],
  to: ['desk'],
  query: null,
  editions: [],
  newsDays: 3,
  quarantineMin: 10,
  editionAfterMinutes: 10,
  quietMinutes: 0,
  quietHours: null,
  digest: null,
  timeZone: 'UTC',
  perHourMax: 20,
  enabled: true,
};

export function noticeOf(changes: Partial<Notice> = {}): Notice {
  return {
    id: 'article a.example/1',
    kind: 'article',
    at: '2026-11-25T10:00:00Z',
    summary: 'New article',
    title: 'A title',
    text: null,
    url: 'https://a.example/20261125/1.html',
    page: null,
    picture: null,
    article: {
      id: 'a.example/1',
      edition: 'a.example',
      language: 'ru',
      publishedAt: '2026-11-25T09:00:00Z',
      topics: ['armenia'],
    },
    edits: [],
    ...changes,
  };
}

export function messageOf(notices: readonly Notice[], changes: Partial<Message> = {}): Message {
  return {
    v: 1,
    id: '0123456789abcdef0123456789abcdef',
    rule: 'armenia',
    target: 'desk',
    createdAt: '2026-11-25T10:00:01Z',
    gathered: null,
    isTest: false,
    total: notices.length,
    notices: [...notices],
    ...changes,
  };
}
