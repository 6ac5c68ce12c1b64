import type { UndeliveredMessage } from '../../notify/outbox/outbox-reads.js';
import type { NotifyStatus } from '../../notify/outbox/read-notify.js';
import { countOf, numberOf, shortTime, tableOf, textOf, timeOf } from '../markup/elements.js';
import { html, type Content, type Markup } from '../markup/html.js';

interface Notifications {
  readonly state: NotifyStatus;
  /** What has just been decided. */
  readonly said: string | null;
  /** What forms bring back; null: nothing can be decided from here. */
  readonly word: string | null;
}

/** Who is told of what, how that goes, and the messages that nobody took, to be decided about. */
export function notificationsMain({ state: { rules, troubles, undelivered }, said, word }: Notifications): Content {
  return [
    html`<h1>Notifications</h1>`,
    said === null ? null : html`<div class="say" role="status"><p>${said}</p></div>`,
    troubles.length === 0
      ? null
      : html`<div class="say bad">
          <ul>
            ${troubles.map(({ step, since, reason }) => html`<li>Telling people fails (${step}) since ${timeOf(since)}: ${textOf(reason)}</li>`)}
          </ul>
        </div>`,
    html`<h2>Rules</h2>`,
    rules.length === 0
      ? html`<p class="none">
          No rule is configured, so nobody is told of anything: <code>docs/notifications.md</code> shows how.
        </p>`
      : ruleTable(rules),
    html`<h2>Messages that were not delivered</h2>`,
    undelivered.count === 0
      ? html`<p class="none">Every message was delivered, or is on its way.</p>`
      : undeliveredForm(undelivered, word),
  ];
}

function ruleTable(rules: NotifyStatus['rules']): Content {
  return tableOf({
    caption: 'Rules, and how their messages go',
    heads: ['Rule', 'Tells of', 'To', 'Waiting', 'Under way', 'Sent', 'Undelivered', 'Last sent (UTC)', 'Last failure'],
    numbers: [3, 4, 5, 6],
    sentences: [1, 8],
    rows: rules.map(({ rule, on, to, enabled, waiting, queued, sent, undelivered, lastSentAt, lastFailure }) => [
      enabled ? rule : html`${rule} <span class="chip">off</span>`,
      on.join(', '),
      to.join(', '),
      ...[waiting, queued, sent, undelivered].map(numberOf),
      lastSentAt === null ? '' : shortTime(lastSentAt),
      lastFailure === null ? '' : textOf(lastFailure, 200),
    ]),
  });
}

function undeliveredForm({ count, messages }: NotifyStatus['undelivered'], word: string | null): Content {
  const table = tableOf({
    caption: 'Messages that were not delivered, oldest first',
    heads: ['About', 'Rule', 'To', 'Made (UTC)', 'Attempts', 'Answer', ...(word === null ? [] : ['Decide'])],
    numbers: [4],
    sentences: [0, 5],
    rows: messages.map((message) => [
      textOf(message.about, 160),
      message.rule,
      message.target,
      shortTime(message.createdAt),
      numberOf(message.attempts),
      textOf(message.answer, 200),
      ...(word === null ? [] : [decideButtons(message)]),
    ]),
  });
  const told = html`<p class="meta">
    ${countOf(count, 'message')}${messages.length < count ? `, the ${numberOf(messages.length)} oldest of which are shown` : ''}.
    Retry sends it again, drop gives it up.
  </p>`;
  if (word === null) return [told, table];
  return [
    told,
    html`<form method="post" action="/notifications/retry">
      <input type="hidden" name="word" value="${word}" />
      ${table}
      <p>
        <button name="all" value="true">Retry all</button>
      </p>
    </form>`,
  ];
}

function decideButtons({ id, about }: UndeliveredMessage): Content[] {
  const drop: Markup = html`<button
    class="plain"
    name="id"
    value="${id}"
    formaction="/notifications/drop"
    aria-label="Drop ${textOf(about, 80)}"
  >
    Drop
  </button>`;
  return [
    html`<button class="plain" name="id" value="${id}" aria-label="Retry ${textOf(about, 80)}">Retry</button> `,
    drop,
  ];
}
