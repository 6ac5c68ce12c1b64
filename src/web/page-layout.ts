import type { FastifyReply } from 'fastify';
import { escapeMarkup } from '../export/safe-markup.js';

/** Text that is markup of ours. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | null | readonly Content[];

/** A piece of a page. Whatever is put into it is text, and escaped, unless it is itself a piece of a page. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(
    strings.map((text, index) => text + (index < values.length ? shown(values[index] ?? null) : '')).join(''),
  );
}

function shown(value: Content): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeMarkup(String(value));
  return value.map(shown).join('');
}

/** Answers with a whole page for people. */
export function sendPage(reply: FastifyReply, status: number, title: string, main: Content): FastifyReply {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Sputnik harvester</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="alternate" type="application/atom+xml" title="Newest articles" href="/feeds/atom" />
      </head>
      <body>
        <a class="skip" href="#main">Skip to the text</a>
        <header>
          <strong><a href="/">Sputnik harvester</a></strong>
          <nav aria-label="Pages">
            <a href="/">Newest</a><a href="/search">Search</a><a href="/status">Status</a><a href="/feeds/rss">RSS</a>
          </nav>
        </header>
        <main id="main">${main}</main>
      </body>
    </html> `;
  return reply.code(status).type('text/html; charset=utf-8').send(page.text);
}

/** The one style sheet: light and dark by what the reader's system says, either direction of writing, no fonts from elsewhere. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1b1b1f; --soft: #5c5f66; --paper: #fdfdfb; --line: #deddd6; --link: #0b57a4; --plus: #d9f2dc; --minus: #fbdcdc; }
@media (prefers-color-scheme: dark) { :root { --text: #e8e6e1; --soft: #a3a6ad; --paper: #17181b; --line: #34363c; --link: #8ab8f0; --plus: #163b1f; --minus: #4a1d1f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 0 1.25rem 3rem; max-width: 46rem; background: var(--paper); color: var(--text); font: 1.0625rem/1.6 system-ui, "Noto Sans", "Noto Sans CJK SC", "Noto Sans Arabic", sans-serif; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible, input:focus-visible, button:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; inset-inline-start: -100vw; } .skip:focus { inset-inline-start: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; padding: 1rem 0; border-block-end: 1px solid var(--line); }
header strong { margin-inline-end: auto; } nav { display: flex; gap: 1rem; flex-wrap: wrap; }
h1 { font-size: 1.6rem; line-height: 1.3; margin: 1.5rem 0 .5rem; } h2 { font-size: 1.2rem; margin: 1.75rem 0 .25rem; }
.soft, time, .meta { color: var(--soft); font-size: .9rem; }
ol.list { list-style: none; padding: 0; margin: 1rem 0; } ol.list > li { padding: .85rem 0; border-block-end: 1px solid var(--line); }
ol.list a { font-weight: 600; text-decoration: none; } ol.list a:hover { text-decoration: underline; } ol.list p { margin: .2rem 0 0; overflow-wrap: anywhere; }
article p, article li, blockquote { overflow-wrap: anywhere; } blockquote { margin: 1rem 0; padding-inline-start: 1rem; border-inline-start: 3px solid var(--line); }
form { display: flex; gap: .5rem; margin: 1rem 0; } input, button { font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .4rem; padding: .4rem .7rem; } input { flex: 1; min-width: 0; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; } th, td { text-align: start; padding: .35rem .6rem .35rem 0; border-block-end: 1px solid var(--line); } td.n { text-align: end; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; } ins { background: var(--plus); text-decoration: none; } del { background: var(--minus); } ins, del { display: block; padding: .3rem .6rem; margin: .25rem 0; }
`;
