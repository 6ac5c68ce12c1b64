import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

import { errorAnswer } from '../render/page-answer.js';
import type { ModeAction } from './mode-table.js';

const CONSENT = 'test_site_consent=1';

/** Sends whoever brings no cookie of consent to the same URL with one, as consent pages do. */
export const consentRedirect: ModeAction = ({ request, response, target, sendUsual }) => {
  const cookies = (request.headers.cookie ?? '').split(/;\s*/);
  if (cookies.includes(CONSENT)) {
    sendUsual();
    return;
  }
  response.writeHead(302, { location: target, 'set-cookie': `${CONSENT}; Path=/` });
  response.end();
};

/**
 * The site's usual redirects, their Location in the letters of the URL, as raw UTF-8 bytes. An escaped URL that is not
 * the article's own answers 404: that is where reading the bytes in another encoding leads.
 */
export const rawUtf8Location: ModeAction = ({ response, target, answer, sendUsual }) => {
  const { location } = answer.headers;
  if (location === undefined) {
    sendUsual();
    return;
  }
  if (target.includes('%')) {
    const { status, headers, body } = errorAnswer(404, '404');
    response.writeHead(status, headers);
    response.end(body());
    return;
  }
  // Node writes header values byte by byte.
  const raw = Buffer.from(decodeURI(location), 'utf8').toString('latin1');
  response.writeHead(answer.status, { ...answer.headers, location: raw });
  response.end();
};

/** The usual page in plain bytes, its Content-Encoding this word that names no encoding. */
function plainBytesCalled(encoding: string): ModeAction {
  return ({ response, answer }) => {
    response.writeHead(answer.status, { ...answer.headers, 'content-encoding': encoding });
    response.end(answer.body());
  };
}

/** `Content-Encoding: none`. */
export const encodingNone: ModeAction = plainBytesCalled('none');

/** `Content-Encoding: UTF-8`. */
export const encodingUtf8: ModeAction = plainBytesCalled('UTF-8');

/** A whole gzip member, and bytes behind it that belong to nothing. */
export const bytesAfterGzip: ModeAction = ({ response, answer }) => {
  const body = Buffer.concat([gzipSync(answer.body()), Buffer.from('\r\n<!-- 0.042 s -->\r\n\0\0')]);
  const headers = { ...answer.headers, 'content-encoding': 'gzip', 'content-length': String(body.length) };
  response.writeHead(answer.status, headers);
  response.end(body);
};

function sendXml(response: ServerResponse, xml: string): void {
  response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' });
  response.end(xml);
}

/** The sitemap index names one other index, and that one the sitemaps. */
export const nestedSitemapIndex: ModeAction = ({ response, edition, target, sendUsual }) => {
  if (target.includes('?')) {
    sendUsual();
    return;
  }
  const inner = `https://${edition}${target}?part=articles`;
  sendXml(
    response,
    `<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>${inner}</loc></sitemap></sitemapindex>\n`,
  );
};

const DATED_SITEMAP = /\/sitemap_article\.xml\?date_start=(\d{8})&amp;date_end=(\d{8})/g;

/** The sitemap index names `.xml.gz` files, and those are gzip files, not compressed answers. */
export const gzippedSitemaps: ModeAction = ({ response, target, answer, sendUsual }) => {
  if (target.startsWith('/sitemap_article_index.xml')) {
    sendXml(response, answer.body().replaceAll(DATED_SITEMAP, '/sitemap_article/$1-$2.xml.gz'));
    return;
  }
  if (!target.endsWith('.xml.gz')) {
    sendUsual();
    return;
  }
  response.writeHead(answer.status, { 'content-type': 'application/x-gzip' });
  response.end(gzipSync(answer.body()));
};
