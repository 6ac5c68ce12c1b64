import type { QuarantinedPage } from '../../store/catalogue/quarantine-table.js';
import {
  countOf,
  linkedCount,
  listOf,
  nextLink,
  numberOf,
  saidBox,
  shortTime,
  tableOf,
  textOf,
  timeOf,
} from '../markup/elements.js';
import { type Content, hrefOf, html, type Markup } from '../markup/html.js';
import { BOARD_PATH, type JobList, type JobsAsked, type JobView, type QueueCounts } from '../sources/views.js';
import { captureLinks, outsideLink } from './article-facts.js';
import { fetchesLink } from './listing-pages.js';
import {
  COUNTED_STATES,
  type CountedMessage,
  type CountedState,
  type NotifyStatus,
} from '../../notify/outbox/read-notify.js';

interface Quarantine {
  readonly pages: readonly QuarantinedPage[];
  /** Number of all of them; fewer may be shown. */
  readonly total: number;
  /** When pages that do not answer are tried again, by page id. */
  readonly nextTries: ReadonlyMap<string, string>;
  readonly queues: readonly QueueCounts[] | null;
  readonly hasBoard: boolean;
  /** Null: no Redis answers. */
  readonly jobs: readonly JobView[] | null;
  /** The secret word for the forms; null: there are no forms. */
  readonly word: string | null;
  /** What has just been decided. */
  readonly said: string | null;
}

/** Pages that could not be read or do not answer, with forms to decide about them, and the queues. */
export function quarantineMain(quarantine: Quarantine): Content {
  const { pages, total, word, said, queues } = quarantine;
  return [
    html`<h1>Quarantine and queues</h1>`,
    saidBox(said),
    html`<h2>Pages in quarantine</h2>`,
    total === 0
      ? html`<p class="none">Nothing waits in quarantine.</p>`
      : html`<p class="meta">
          ${countOf(total, 'page')}${pages.length < total ? `, the ${numberOf(pages.length)} oldest of which are shown` : ''}.
          Retry reads the capture again, or fetches the page again if it did not answer. Drop gives the page up; its
          capture is kept.
        </p>`,
    pages.length === 0 ? null : pageForm(quarantine),
    word === null && pages.length > 0
      ? html`<p class="meta">To decide, use <code>sputnik failed retry</code> or <code>sputnik failed drop</code>.</p>`
      : null,
    html`<h2>Queues</h2>`,
    queues === null ? noService : queueTable(queues),
    queues !== null && quarantine.hasBoard
      ? html`<p class="meta"><a href="${BOARD_PATH}">The board</a> shows every job with its data.</p>`
      : null,
    quarantine.jobs === null ? null : jobTable(quarantine.jobs),
  ];
}

function pageForm({ pages, word, nextTries }: Quarantine): Markup {
  const table = tableOf({
    caption: 'Pages in quarantine, oldest first',
    heads: [
      'Page',
      'Reason',
      'Attempts',
      'Since (UTC)',
      'Next try (UTC)',
      'Capture',
      ...(word === null ? [] : ['Decide']),
    ],
    numbers: [2],
    sentences: [1],
    rows: pages.map((page) => [
      html`${outsideLink(page.url, page.pageId)}`,
      html`<code>${page.code}</code><br /><span class="soft">${shortDetail(page)}</span>`,
      [numberOf(page.attempts), ' · ', fetchesLink(page.pageId)],
      shortTime(page.quarantinedAt),
      nextTry(page, nextTries.get(page.pageId)),
      captureLinks(page.capture, page.capture.status !== 0),
      ...(word === null ? [] : [decisionButtons('/quarantine', page.id, page.pageId)]),
    ]),
  });
  return decisionForm('/quarantine', word, table);
}

/** The detail without the page and its capture, which other columns show. */
function shortDetail({ detail, url }: QuarantinedPage): string {
  return textOf(detail.replaceAll(url, 'the page').replace(/ \(captures\/[^()]*\)/, ''));
}

/** When crawls try a page again by themselves, by its code. Other captures are read again only when somebody asks for it. */
const NEXT_TRIES: Readonly<Record<string, string>> = { unreachable: 'with every crawl', notArticle: 'by its age' };

function nextTry({ code }: QuarantinedPage, at: string | undefined): Content {
  return at === undefined ? html`<span class="soft">${NEXT_TRIES[code] ?? 'when asked'}</span>` : shortTime(at);
}

/** In place of what only a service has. */
export const noService = html`<div class="say bad">
  <p>No service is at work (Redis does not answer): <code>sputnik serve</code> starts one.</p>
</div>`;

/** How many jobs are in each state. */
export function queueTable(queues: readonly QueueCounts[]): Content {
  return tableOf({
    caption: 'Jobs in the queues',
    heads: ['Queue', 'Waiting', 'Active', 'Delayed', 'Failed'],
    numbers: [1, 2, 3, 4],
    rows: queues.map(({ name, waiting, active, delayed, failed }) => [
      name,
      ...Object.entries({ waiting, active, delayed, failed }).map(([state, count]) =>
        linkedCount(count, hrefOf('/jobs', { queue: name, state })),
      ),
    ]),
  });
}

function jobTable(
  jobs: readonly JobView[],
  caption = 'The first jobs of each state',
  isCaptionHidden = false,
): Content {
  if (jobs.length === 0) return html`<p class="none">No job is in the queues.</p>`;
  return tableOf({
    ...{ caption, isCaptionHidden },
    heads: ['Queue', 'State', 'About', 'Attempts', 'Added (UTC)', 'Failure'],
    numbers: [3],
    sentences: [2, 5],
    rows: jobs.map(({ queue, state, name, id, attempts, addedAt, failure }) => [
      queue,
      html`<span class="chip ${state === 'failed' ? 'bad' : state === 'active' ? 'good' : ''}">${state}</span>`,
      html`${textOf(name, 160)}<br /><span class="soft code">${id}</span>`,
      numberOf(attempts),
      shortTime(addedAt),
      failure === null ? '' : textOf(failure, 200),
    ]),
  });
}

/** The jobs of one queue in one state. */
export function jobsMain({ queue, state }: JobsAsked, { jobs, total }: JobList, next: string | null): Content {
  return [
    html`<h1>Jobs of the queue “${queue}”: ${state}</h1>`,
    html`<p class="meta" role="status">${total === 0 ? 'None at this moment.' : countOf(total, 'job')}</p>`,
    html`<p class="meta"><a href="/status">All queues</a></p>`,
    jobs.length === 0 ? null : jobTable(jobs, `Jobs of the queue ${queue} that are ${state}`, true),
    nextLink(next),
  ];
}

/** What a number of a rule counts. */
export interface RuleMessages {
  readonly rule: string;
  readonly state: CountedState;
  readonly total: number;
  readonly messages: readonly CountedMessage[];
  /** Link to the next page; null: there is none. */
  readonly next: string | null;
}

interface Notifications {
  readonly state: NotifyStatus;
  /** Null: no number was followed. */
  readonly asked: RuleMessages | null;
  /** What has just been decided. */
  readonly said: string | null;
  /** The secret word for the forms; null: there are no forms. */
  readonly word: string | null;
}

/** The rules and their state, and the undelivered messages with forms to decide about them. */
export function notificationsMain({ state, asked, said, word }: Notifications): Content {
  const { rules, troubles, undelivered } = state;
  return [
    html`<h1>Notifications</h1>`,
    saidBox(said),
    troubles.length === 0
      ? null
      : html`<div class="say bad">
          ${listOf(troubles.map(({ step, since, reason }) => html`Telling people fails (${step}) since ${timeOf(since)}: ${textOf(reason)}`))}
        </div>`,
    html`<h2>Rules</h2>`,
    rules.length === 0
      ? html`<p class="none">
          No rule is configured, so nobody is notified. <code>docs/notifications.md</code> says how to add one.
        </p>`
      : ruleTable(rules),
    asked === null ? null : askedTable(asked),
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
    rows: rules.map(({ rule, on, to, enabled, lastSentAt, lastFailure, ...counts }) => [
      enabled ? rule : html`${rule} <span class="chip">off</span>`,
      on.join(', '),
      to.join(', '),
      ...COUNTED_STATES.map((state) => linkedCount(counts[state], hrefOf('/notifications', { rule, state }))),
      lastSentAt === null ? '' : shortTime(lastSentAt),
      lastFailure === null ? '' : textOf(lastFailure, 200),
    ]),
  });
}

const STATE_WORDS: Readonly<Record<CountedState, string>> = {
  waiting: 'waiting',
  queued: 'under way',
  sent: 'sent within 90 days',
  undelivered: 'undelivered',
};

function askedTable({ rule, state, total, messages, next }: RuleMessages): Content {
  const title = `${countOf(total, state === 'waiting' ? 'notice' : 'message')} of ${rule} ${STATE_WORDS[state]}`;
  return [
    html`<h2>${title}</h2>`,
    tableOf({
      caption: `${title}, newest first`,
      heads: ['About', 'To', 'Made (UTC)', 'Last try (UTC)', 'Attempts', 'Answer'],
      numbers: [4],
      sentences: [0, 5],
      rows: messages.map(({ about, target, createdAt, triedAt, attempts, answer }) => [
        textOf(about, 160),
        target,
        shortTime(createdAt),
        triedAt === null ? '' : shortTime(triedAt),
        numberOf(attempts),
        textOf(answer, 200),
      ]),
    }),
    nextLink(next),
  ];
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
      ...(word === null ? [] : [decisionButtons('/notifications', message.id, textOf(message.about, 80))]),
    ]),
  });
  const told = html`<p class="meta">
    ${countOf(count, 'message')}${messages.length < count ? `, the ${numberOf(messages.length)} oldest of which are shown` : ''}.
    Retry sends a message again. Drop gives it up.
  </p>`;
  return [told, decisionForm('/notifications', word, table)];
}

/** A table of what waits for a decision, with a button that retries everything. Without the secret word there is no button. */
function decisionForm(path: string, word: string | null, table: Markup): Markup {
  if (word === null) return table;
  return html`<form method="post" action="${path}/retry">
    <input type="hidden" name="word" value="${word}" />
    ${table}
    <p>
      <button name="all" value="true">Retry all</button>
    </p>
  </form>`;
}

function decisionButtons(path: string, id: string | number, name: string): Content {
  return [
    html`<button class="plain" name="id" value="${id}" aria-label="Retry ${name}">Retry</button> `,
    html`<button class="plain" name="id" value="${id}" formaction="${path}/drop" aria-label="Drop ${name}">
      Drop
    </button>`,
  ];
}
