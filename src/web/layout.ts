import type { Answer } from './answer.js';
import { html, type Content } from './html.js';

/** A whole page for people. */
export function pageAnswer(status: number, title: string, main: Content): Answer {
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
  return { status, contentType: 'text/html; charset=utf-8', body: page.text };
}
