import type { FastifyReply } from 'fastify';
import { type Content, html } from './markup/html.js';
import { sendPage } from './markup/page-layout.js';

/** Ends a request with an error that the caller is told of; all codes stand in docs/http.md. */
export class WebRefusal extends Error {
  /** What is refused, without a full stop. */
  readonly problem: string;
  /** What there is instead, or what to do: a page shows each as a sentence of its own. */
  readonly advice: readonly string[];

  /** @param told  The problem, or the problem and the advice; together they are the message. */
  constructor(
    readonly status: number,
    readonly code: string,
    told: string | readonly [problem: string, ...advice: string[]],
    readonly headers: Readonly<Record<string, string>> = {},
    /** More that a program may want to know. */
    readonly details: object = {},
  ) {
    const [problem, ...advice] = typeof told === 'string' ? [told] : told;
    super([problem, ...advice].join('; '));
    this.problem = problem;
    this.advice = advice;
  }

  /** The one form of every refusal. */
  get body(): object {
    return { error: { code: this.code, message: this.message, ...this.details } };
  }
}

/** What is to be typed. */
const COMMAND = /(sputnik (?:crawl|serve|verify))/i;

/** Answers with a page that says in words what is not to be had, what there is instead, and where to go on. */
export function sendRefusal(reply: FastifyReply, { status, problem, advice, headers }: WebRefusal): FastifyReply {
  const title = capitalised(problem);
  const main = html`<h1>${title}</h1>
    ${advice.map((sentence) => html`<p>${withCommands(capitalised(sentence))}.</p>`)}
    ${
      status === 503
        ? html`<p><a href="${reply.request.url}">Look again</a>, once that is done.</p>`
        : html`<p><a href="/">To the overview</a>, or <a href="/articles">search the articles</a>.</p>`
    }`;
  return sendPage(reply.headers(headers), { title, main, section: sectionOf(reply.request.url), status });
}

function withCommands(sentence: string): Content {
  return sentence.split(COMMAND).map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`));
}

function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** The section of the navigation that a URL belongs to. */
function sectionOf(url: string): string {
  return /^\/[a-z]*/.exec(url)?.[0] ?? '/';
}
