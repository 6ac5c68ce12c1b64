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

/** How an edition or a topic in it stands; told by the word, the colour only repeats it. */
export function stateView(row: Freshness): Markup {
  const words = row.state === 'ok' ? html`ok` : html`<strong>${stateWords(row)}</strong>`;
  return html`<span class="state ${LOOKS[row.state]}">${words}</span>`;
}

/** The same in words for people: `unreachable (server error)`. */
export function stateWords(row: Pick<Freshness, 'state' | 'reason'>): string {
  return wordsOf(describeState(row));
}

/** An edition with a link to its coverage; one that has left the configuration has none. */
export function editionLink(edition: string, configured: readonly string[]): Content {
  return configured.includes(edition) ? html`<a href="${hrefOf('/coverage', { edition })}">${edition}</a>` : edition;
}
