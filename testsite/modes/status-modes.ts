import type { ModeAction } from './mode-table.js';

const HTML = { 'content-type': 'text/html; charset=utf-8' };

function notice(title: string, text: string): string {
  return `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>\n`;
}

/** Answers with this status and a short page. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): ModeAction {
  return ({ response }) => {
    response.writeHead(code, { ...HTML, ...headers });
    response.end(notice(String(code), 'The server could not answer.'));
  };
}

/** 429 (or 503) with Retry-After in seconds, or as the HTTP date given. */
export function tooManyRequests(retryAfter: number | string, code: 429 | 503 = 429): ModeAction {
  return status(code, { 'retry-after': String(retryAfter) });
}

const BLOCK_TEXT =
  'Access to this website has been blocked under Council Regulation (EU) 2022/350. Your provider does not decide on this.';

/** A provider's block page: 451, 403, or 200 in place of the article. */
export function blockPage(code: 200 | 403 | 451): ModeAction {
  return ({ response }) => {
    response.writeHead(code, HTML);
    response.end(notice('This website has been blocked', BLOCK_TEXT));
  };
}

/** A question for people only: no script gets past it. */
export const captcha: ModeAction = ({ response }) => {
  response.writeHead(200, HTML);
  response.end(
    notice('Are you a robot?', '<form action="/cms/check" method="post"><div class="g-recaptcha"></div></form>'),
  );
};

/** 200 without a single byte of body. */
export const emptyAnswer: ModeAction = ({ response }) => {
  response.writeHead(200, { ...HTML, 'content-length': '0' });
  response.end();
};

/** 304 to a request that was not conditional. */
export const baselessNotModified: ModeAction = ({ response }) => {
  response.writeHead(304);
  response.end();
};

/** A firewall that wants a script to be run: nothing but a header says so. */
export const firewall: ModeAction = ({ response }) => {
  response.writeHead(202, { ...HTML, 'x-amzn-waf-action': 'challenge', 'content-length': '0' });
  response.end();
};

/** A guard's frame in place of the page, without a word. */
export const guardFrame: ModeAction = ({ response }) => {
  response.writeHead(200, HTML);
  response.end('<html><body><iframe src="/_Incapsula_Resource?CWUDNSAI=9&incident_id=1"></iframe></body></html>');
};
