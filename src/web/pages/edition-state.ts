import { describeState, type Freshness, type FreshnessState } from '../../store/catalogue/judge-freshness.js';
import { wordsOf } from '../markup/elements.js';
import { hrefOf, html, type Content, type Markup } from '../markup/html.js';

const LOOKS: Readonly<Record<FreshnessState, string>> = {
  ok: 'good',
  late: 'warn',
  unreachable: 'bad',
  neverRead: '',
  off: '',
};

/** The state of an edition or of a topic in it. The colour only repeats what the word says. */
export function stateView(row: Freshness): Markup {
  const words = row.state === 'ok' ? html`ok` : html`<strong>${stateWords(row)}</strong>`;
  return html`<span class="state ${LOOKS[row.state]}">${words}</span>`;
}

/** The same in words for people: `unreachable (server error)`. */
export function stateWords(row: Parameters<typeof describeState>[0]): string {
  return wordsOf(describeState(row));
}

/** An edition with a link to its coverage. Editions that are no longer configured have no link. */
export function editionLink(edition: string, configured: readonly string[]): Content {
  return configured.includes(edition) ? html`<a href="${hrefOf('/coverage', { edition })}">${edition}</a>` : edition;
}
