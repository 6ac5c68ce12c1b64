import { MINUTE_MS } from '../../domain/units.js';
import type { NotifyRule } from '../../config/config.js';
import { describeState, type Freshness } from '../../store/catalogue/judge-freshness.js';
import { describeDrift, type Drift } from '../../store/drift/find-drift.js';
import { type Notice, NOTICE_TEXT_MAX, plainText } from './notice.js';

/** The state of everything that rules can watch besides articles. */
export interface Standing {
  /** Each edition as a whole. */
  readonly editions: readonly Freshness[];
  readonly quarantined: number;
  readonly drifts: readonly Drift[];
}

/**
 * The last state of each subject that a rule has sent a notice of: `edition sputnik.az` → `late`. Subjects that are well are
 * missing.
 */
export type Told = Readonly<Record<string, string>>;

/** The notices for a rule, and the states that are known to it after them. */
interface ToldNext {
  readonly notices: readonly Notice[];
  readonly told: Told;
}

/**
 * Compares the state with the last notices of a rule.
 *
 * @param at  UTC instant of now.
 * Pure. An edition that is late or unreachable for less than `editionAfterMinutes` is left out for now.
 */
export function stateNotices(rule: NotifyRule, standing: Standing, told: Told, at: string): ToldNext {
  const next: Record<string, string> = {};
  const notices: Notice[] = [];
  const tell: Tell = (kind, key, state, words) => {
    const id = `${key} ${state} ${at}`;
    const bare = { url: null, page: null, picture: null, article: null, edits: [] };
    notices.push({ id, kind, at, ...bare, ...words, text: words.text && plainText(words.text, NOTICE_TEXT_MAX) });
  };
  if (rule.on.includes('edition')) tellEditions(rule, standing, told, at, next, tell);
  if (rule.on.includes('quarantine')) tellQuarantine(rule, standing, told, next, tell);
  if (rule.on.includes('drift')) tellDrift(rule, standing, told, next, tell);
  return { notices, told: next };
}

type Tell = (
  kind: Notice['kind'],
  key: string,
  state: string,
  words: Pick<Notice, 'summary' | 'title' | 'text'>,
) => void;

const concerns = ({ editions }: NotifyRule, edition: string): boolean =>
  editions.length === 0 || editions.includes(edition);

function tellEditions(
  rule: NotifyRule,
  { editions }: Standing,
  told: Told,
  at: string,
  next: Record<string, string>,
  tell: Tell,
): void {
  for (const row of editions) {
    const { edition, state, since } = row;
    if (row.topic !== null || !concerns(rule, edition)) continue;
    const key = `edition ${edition}`;
    const before = told[key];
    const isSick = state === 'late' || state === 'unreachable';
    const sickMs = Date.parse(at) - Date.parse(since ?? at);
    const isTold = before !== undefined || sickMs >= rule.editionAfterMinutes * MINUTE_MS;
    if (isSick && !isTold) continue;
    if (isSick) next[key] = state;
    if (isSick && before !== state)
      tell('edition', key, state, {
        title: edition,
        summary: `Edition is ${describeState(row)}`,
        text: since && `since ${since}`,
      });
    // An edition that was switched off is neither sick nor well.
    if (!isSick && before !== undefined && state === 'ok')
      tell('edition', key, 'well', { title: edition, summary: 'Edition is well again', text: `it was ${before}` });
  }
}

function tellQuarantine(
  { quarantineMin }: NotifyRule,
  { quarantined }: Standing,
  told: Told,
  next: Record<string, string>,
  tell: Tell,
): void {
  const key = 'quarantine';
  const before = told[key] === undefined ? null : Number(told[key]);
  const words = { title: `${quarantined} pages`, text: 'sputnik failed list names them' };
  if (quarantined < quarantineMin) {
    if (before !== null)
      tell('quarantine', key, 'well', { ...words, summary: `Quarantine holds fewer than ${quarantineMin}` });
    return;
  }
  const doublings = Math.floor(Math.log2(quarantined / quarantineMin));
  next[key] = String(Math.max(doublings, before ?? 0));
  if (before === null || doublings > before)
    tell('quarantine', key, String(doublings), { ...words, summary: 'Quarantine is filling' });
}

function tellDrift(rule: NotifyRule, { drifts }: Standing, told: Told, next: Record<string, string>, tell: Tell): void {
  for (const drift of drifts) {
    if (!concerns(rule, drift.edition)) continue;
    const key = `drift ${drift.edition} ${drift.reader ?? 'any'} ${drift.field}`;
    next[key] = 'found less often';
    if (told[key] === undefined)
      tell('drift', key, 'on', {
        title: drift.edition,
        summary: `Found less often: ${drift.field}`,
        text: describeDrift(drift),
      });
  }
  for (const key of Object.keys(told)) {
    const [kind, edition = '', , field = ''] = key.split(' ');
    if (kind === 'drift' && next[key] === undefined)
      tell('drift', key, 'over', { title: edition, summary: `Found as often as before: ${field}`, text: null });
  }
}
