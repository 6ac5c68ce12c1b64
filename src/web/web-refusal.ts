import type { FastifyReply } from 'fastify';
import { type Content, html } from './markup/html.js';
import { sendPage } from './markup/page-layout.js';

/** An error that ends a request and is shown to the caller. docs/http.md lists all codes. */
export class WebRefusal extends Error {
  /** What is wrong, without a full stop. */
  readonly problem: string;
  /** What to do instead. A page shows each item as a sentence. */
  readonly advice: readonly string[];

  /** @param told  The problem, or the problem and the advice. Together they are the message. */
  constructor(
    readonly status: number,
    readonly code: string,
    told: string | readonly [problem: string, ...advice: string[]],
    readonly headers: Readonly<Record<string, string>> = {},
    /** More for programs. */
    readonly details: object = {},
  ) {
    const [problem, ...advice] = typeof told === 'string' ? [told] : told;
    super([problem, ...advice].join('; '));
    this.problem = problem;
    this.advice = advice;
  }

  /** The JSON that every refusal has. */
  get body(): object {
    return { error: { code: this.code, message: this.message, ...this.details } };
  }
}

/** Commands within a sentence, which the page marks. */
const COMMAND = /(sputnik (?:crawl|serve|verify))/i;

/** Answers with a page that says what is wrong, what to do, and where to go on. */
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
