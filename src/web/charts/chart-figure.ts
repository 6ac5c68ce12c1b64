import { tableOf, type Table } from '../markup/elements.js';
import { html, type Content, type Markup } from '../markup/html.js';
import { colourKey, type ChartWords } from './chart-frame.js';

/** A chart with its heading, the key of its colours and, to be opened, its figures. */
export interface Figure {
  readonly words: ChartWords;
  /** Names of the series; fewer than two need no key. */
  readonly names: readonly string[];
  /** Null: there is nothing to draw. */
  readonly drawing: Content;
  readonly table: Pick<Table, 'heads' | 'rows'>;
}

/** Puts a chart on a page; where there is nothing to draw it says so. Who goes by keys may pass over the links of the drawing at once. */
export function figureOf({ words: { id, title, description }, names, drawing, table }: Figure): Markup {
  const numbers = table.heads.map((_head, column) => column).slice(1);
  return html`<figure>
    <figcaption>${title}</figcaption>
    <p class="meta">${description}</p>
    ${
      drawing === null
        ? html`<p class="none">Nothing in this time.</p>`
        : html`${names.length > 1 ? colourKey(names) : null}<a class="skip here" href="#${id}-figures"
              >Skip the links of the drawing “${title}”</a
            >${drawing}
            <details>
              <summary id="${id}-figures">The figures of “${title}”</summary>
              ${tableOf({ caption: title, ...table, numbers })}
            </details>`
    }
  </figure>`;
}
