import type { FastifyReply } from 'fastify';
import { html } from './markup/html.js';
import { sendPage } from './markup/page-layout.js';
import type { WebRefusal } from './web-refusal.js';

/** Answers with a page that says in words what is not to be had, and where to go on. */
export function sendRefusal(reply: FastifyReply, { status, message, headers }: WebRefusal): FastifyReply {
  const title = message.charAt(0).toUpperCase() + message.slice(1);
  const main = html`<h1>${title}</h1>
    <p><a href="/">To the overview</a>, or <a href="/articles">search the articles</a>.</p>`;
  return sendPage(reply.headers(headers), { title, main, section: null, status });
}
