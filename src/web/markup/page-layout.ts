import type { FastifyReply } from 'fastify';
import { html, type Content, type Markup } from './html.js';

/** The pages of the navigation, in its order. */
const SECTIONS: readonly (readonly [path: string, name: string])[] = [
  ['/', 'Overview'],
  ['/articles', 'Articles'],
  ['/edits', 'Edits'],
  ['/coverage', 'Coverage'],
  ['/quarantine', 'Quarantine'],
  ['/notifications', 'Notifications'],
  ['/status', 'Status'],
];
const FEED_TYPES = [
  ['/feeds/atom', 'application/atom+xml'],
  ['/feeds/json', 'application/feed+json'],
] as const;

interface Page {
  readonly title: string;
  readonly main: Content;
  /** Path of the section of the navigation that the page belongs to; null: none. */
  readonly section: string | null;
  readonly status?: number;
}

/** @returns a title that begins with what has just been done, because screen readers read the title first. */
export function withSaid(said: string | null, title: string): string {
  return said === null ? title : `${said} ${title}`;
}

/** Answers with a whole page for people. */
export function sendPage(reply: FastifyReply, { title, main, section, status = 200 }: Page): FastifyReply {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Sputnik harvester</title>
        <link rel="stylesheet" href="/style.css" />
        ${FEED_TYPES.map(([href, type]) => html`<link rel="alternate" type="${type}" title="Newest articles" href="${href}" />`)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the text</a>
        <header class="top">
          <p class="brand"><a href="/">Sputnik harvester</a></p>
          <nav aria-label="Pages">
            <ul>
              ${SECTIONS.map(([path, name]) => sectionLink(path, name, section))}
            </ul>
          </nav>
        </header>
        <main id="main" tabindex="-1">${main}</main>
      </body>
    </html> `;
  return reply.code(status).type('text/html; charset=utf-8').send(page.text);
}

function sectionLink(path: string, name: string, current: string | null): Markup {
  return path === current
    ? html`<li><a href="${path}" aria-current="page">${name}</a></li>`
    : html`<li><a href="${path}">${name}</a></li>`;
}
