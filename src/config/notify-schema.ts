import { z } from 'zod';
import { NOTICE_KINDS, TARGET_FORMS } from './config.js';
import {
  checked,
  checkedOrNull,
  isCron,
  isHostName,
  isTimeZone,
  isUrlOf,
  listSetting,
  oneOf,
  section,
  waitsSetting,
  whole,
  yesOrNo,
} from './setting-kinds.js';

/** A value `env:SPUTNIK_SECRET_…` or `file:/…` names the place that holds the secret. */
export const SECRET_REFERENCE = /^(?:env:SPUTNIK_SECRET_[A-Z0-9_]{1,64}|file:\/[^\0]{1,1000})$/;
const REFERENCES = 'or env:SPUTNIK_SECRET_…, or file:/path';
const HOURS = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
const NAME = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected a word in lower case: letters, digits, hyphens');
const name = checked('the name of a target', (text) => NAME.safeParse(text).success, '');
/** One mailbox, with or without a name. It cannot contain a line break. */
const isMailbox = (text: string): boolean =>
  text.length <= 254 &&
  /^(?:[^\p{Cc}<>@,;"]{1,100} )?<?[^\s\p{Cc}<>@,;"]{1,64}@[^\s\p{Cc}<>@,;"]{1,190}>?$/u.test(text);

export const targetSchema = section({
  form: oneOf(TARGET_FORMS, 'The form in which messages are written.'),
  url: checked(
    `http(s)://…, for e-mail smtp://[user:password@]host[:port] or smtps://…; ${REFERENCES}`,
    (text) => SECRET_REFERENCE.test(text) || isUrlOf(['http:', 'https:', 'smtp:', 'smtps:'])(text),
    'Where messages are sent; no other host is contacted for them. Telegram: https://api.telegram.org/bot<token>/sendMessage. ntfy: the URL of the topic.',
    'whole',
  ),
  secret: checkedOrNull(
    `16 to 256 printable ASCII characters, ${REFERENCES}`,
    (text) => SECRET_REFERENCE.test(text) || /^[\x21-\x7e]{16,256}$/.test(text),
    'Key that signs every webhook (HMAC-SHA256). Default: null, no signature.',
    'whole',
  ).optional(),
  token: checkedOrNull(
    `1 to 1024 printable ASCII characters, ${REFERENCES}`,
    (text) => /^[\x21-\x7e]{1,1024}$/.test(text),
    'Sent as `Authorization: Bearer <token>`, which ntfy asks for. Default: null.',
    'whole',
  ).optional(),
  chat: checkedOrNull(
    'an id such as -1001234567890, or @name',
    (text) => /^(?:-?\d{1,20}|@\w{1,64})$/.test(text),
    'Telegram: the chat. Default: null.',
  ).optional(),
  from: checkedOrNull('a mailbox', isMailbox, 'E-mail: the sender. Default: null.').optional(),
  to: listSetting(
    checked('a mailbox', isMailbox, ''),
    'mailboxes',
    { min: 0, max: 50 },
    'E-mail: the recipients. Default: none.',
  ).optional(),
  allowPrivate: yesOrNo(
    'Whether the host of the target may be on loopback or in a private network. Default: false.',
  ).optional(),
});

export const notifyRuleSchema = section({
  on: listSetting(
    z.enum(NOTICE_KINDS, `one of ${NOTICE_KINDS.join(', ')}`),
    `kinds (${NOTICE_KINDS.join(', ')})`,
    { min: 1, max: NOTICE_KINDS.length },
    'The events to tell: a new article, a substantive edit, a withdrawal; an edition that is out of reach or late, and its recovery; a filling quarantine; fields that are found less often.',
  ),
  to: listSetting(name, 'names of targets', { min: 1, max: 10 }, 'The targets that are told.'),
  query: checkedOrNull(
    'a query of at most 500 characters, as for `sputnik search`',
    (text) => text.trim() !== '' && text.length <= 500,
    'Limits articles, edits and withdrawals to articles that the query finds. Default: null, all.',
  ).optional(),
  editions: listSetting(
    checked('an id', isHostName, ''),
    'ids of editions',
    { min: 0, max: 200 },
    'Limits editions and drift to these editions. Default: an empty list, all.',
  ).optional(),
  newsDays: whole(
    'days',
    0,
    36_500,
    'A new article is told if it was published after the rule began, or at most this many days before it was stored. This keeps back-fills silent. Default: 3.',
  ).optional(),
  quarantineMin: whole(
    'pages',
    1,
    1_000_000,
    'The quarantine is told when it holds this many pages, again at each doubling, and when it holds fewer again. Default: 10.',
  ).optional(),
  editionAfterMinutes: whole(
    'minutes',
    0,
    10_080,
    'An edition is told once it has been out of reach or late for this long. Default: 10.',
  ).optional(),
  quietMinutes: whole(
    'minutes',
    0,
    10_080,
    'Minimum time between two messages of the rule. Events in between are told together in one message. Default: 0.',
  ).optional(),
  quietHours: checkedOrNull(
    'HH:MM-HH:MM, such as 22:00-07:00',
    (text) => HOURS.test(text) && text.slice(0, 5) !== text.slice(6),
    'Hours in which nothing is sent. Events in these hours are told together in one message at their end. Default: null.',
  ).optional(),
  digest: checkedOrNull(
    'cron of 5 fields, or of 6 with seconds first',
    isCron,
    'The times at which everything since the last digest is told in one message. Default: null, each event at once.',
  ).optional(),
  timeZone: checked('an IANA time zone', isTimeZone, 'Time zone of quietHours and digest. Default: UTC.').optional(),
  perHourMax: whole(
    'messages',
    1,
    1_000,
    'Maximum number of messages of the rule in an hour. Further events are held back and told together in one message. Default: 20.',
  ).optional(),
  enabled: yesOrNo('If false, the rule tells nothing. Default: true.').optional(),
});

export const notifySchema = section({
  publicUrl: checkedOrNull(
    'http(s)://host[:port], without a path',
    (text) => isUrlOf(['http:', 'https:'])(text) && new URL(text).origin === text.replace(/\/$/, ''),
    'The URL at which people reach the web page of `serve`. Messages then link there, to the article and to the picture of an edit. If null, they link to the agency’s page only.',
  ),
  retrySeconds: waitsSetting(
    whole('seconds', 1, 86_400, ''),
    'seconds',
    { min: 1, max: 20 },
    'How many seconds to wait before a message that was not accepted is sent again: after its first failure, its second, and so on. After the last one it stays among the undelivered messages until somebody retries or drops it.',
  ),
  targets: z.record(NAME, targetSchema, { error: 'expected a section of name: { form, url, … }' }),
  rules: z.record(NAME, notifyRuleSchema, { error: 'expected a section of name: { on, to, … }' }),
});
