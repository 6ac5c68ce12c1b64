import type { NextFetch, PageHistory, PageFetch } from '../app/read-page-history.js';
import type { EndState } from '../domain/known-page.js';
import { layOutTable } from './output.js';
import { wrapText } from './wrap-text.js';

const END_STATE_WORDS: Readonly<Record<EndState, string>> = {
  pending: 'announced, not asked for yet',
  stored: 'stored',
  offTopic: 'read; on none of the topics, so not stored',
  gone: 'withdrawn by the site, which a second request has confirmed; the record stays',
  notArticle: 'read; no article',
  unreachable: 'asked for without an answer',
  quarantined: 'captured, and could not be read: in quarantine',
};

const VISIT_WORDS: Readonly<Record<PageFetch['kind'], string>> = {
  article: 'an article',
  notModified: 'not changed',
  gone: 'gone',
  notArticle: 'no article',
  quarantined: 'could not be read',
  unreachable: 'no answer',
  list: 'a list',
  readerChange: 'read anew',
};

/** Visits shown to people, the newest ones; `--json` has them all. */
const VISITS_SHOWN = 40;

/** A page's whole story in lines for people. */
export function describeHistory(page: PageHistory, nowMs: number): string[] {
  const lines = [...wrapText(page.url), `page ${page.pageId} of article ${page.articleKey}`, ''];
  const reason = page.reason === null ? '' : ` (${page.reason})`;
  lines.push(`State: ${END_STATE_WORDS[page.endState]}${reason}`);
  lines.push(`Record: ${page.record ?? (page.hasRecord ? 'known, its file is missing' : 'none')}`);
  if (page.publishedAt !== null) lines.push(`Published: ${page.publishedAt}`);
  if (page.lastFetchedAt !== null) lines.push(`Last answer: ${page.lastFetchedAt}`);
  if (page.lastUnchangedAt !== null) lines.push(`Last found unchanged: ${page.lastUnchangedAt}`);
  if (page.failures > 0) {
    const attempts = page.failures === 1 ? '1 attempt' : `${page.failures} attempts in a row`;
    lines.push(`Lately without an answer: ${attempts} (${page.lastFailure ?? ''})`);
  }
  if (page.goneAt !== null) lines.push(`Gone since: ${page.goneAt}`);
  else if (page.goneSuspectedAt !== null) {
    lines.push(`Said to be gone: ${page.goneSuspectedAt}, not confirmed by a second request yet`);
  }
  lines.push(`Next visit: ${nextVisitWords(page.nextVisit, nowMs)}`, '');
  lines.push(...foundByLines(page), '', ...visitLines(page.visits));
  for (const { id, code, detail, quarantinedAt, droppedAt } of page.quarantine) {
    const given = droppedAt === null ? '' : `, given up ${droppedAt}`;
    lines.push('', `In quarantine as ${id} since ${quarantinedAt}${given}: ${code}`, ...wrapText(detail, '  '));
  }
  return lines;
}

function nextVisitWords({ dueAt, rule, everyMinutes }: NextFetch, nowMs: number): string {
  if (rule === 'everyCrawl') return 'by the next crawl';
  if (rule === 'onlyIfListedAgain') return 'not by age; if a list announces a change, or by name';
  if (dueAt === null || everyMinutes === null) return 'not by age: it is too old; if a list announces a change';
  const every = `at its age every ${durationWords(everyMinutes)}`;
  return Date.parse(dueAt) <= nowMs ? `due since ${dueAt}, ${every}` : `${dueAt}, ${every}`;
}

function durationWords(minutes: number): string {
  if (minutes % 1_440 === 0) return minutes === 1_440 ? 'day' : `${minutes / 1_440} days`;
  if (minutes % 60 === 0) return minutes === 60 ? 'hour' : `${minutes / 60} hours`;
  return `${minutes} minutes`;
}

function foundByLines({ foundBy }: PageHistory): string[] {
  if (foundBy.length === 0) return ['Found by no list: it was asked for by name, or ingested.'];
  return [
    'Found by',
    ...foundBy.flatMap(({ route, topic, list, firstSeenAt, lastSeenAt }) => {
      const seen = firstSeenAt === lastSeenAt ? `seen ${firstSeenAt}` : `first ${firstSeenAt}, last ${lastSeenAt}`;
      return [`  ${route}${topic === null ? '' : ` of ${topic}`}: ${seen}`, ...wrapText(list, '    ')];
    }),
  ];
}

function visitLines(visits: readonly PageFetch[]): string[] {
  if (visits.length === 0) return ['Never asked for.'];
  const shown = visits.slice(-VISITS_SHOWN);
  const rows = shown.map((visit) => [
    `  ${visit.fetchedAt}`,
    visit.status === null || visit.status === 0 ? '' : String(visit.status),
    VISIT_WORDS[visit.kind] + (visit.onTopic === false ? ', off topic' : ''),
    visit.reason ?? '',
    visit.outcome ?? '',
  ]);
  const table = layOutTable([['  asked for', 'status', 'what came', 'reason', 'outcome'], ...rows]);
  const newest = visits.at(-1);
  const place = newest === undefined ? [] : [`  newest capture: ${newest.file} at ${newest.offset}`];
  const left = visits.length - shown.length;
  return [...(left > 0 ? [`  (${left} earlier visits are left out; --json has them)`] : []), ...table, ...place];
}
