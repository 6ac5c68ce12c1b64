import type { ModeAction } from './mode-table.js';

/** Redirects elsewhere: to another host, another port of loopback, a link-local address, a file. */
export function redirectTo(location: string, code: 301 | 302 | 303 | 307 | 308 = 302): ModeAction {
  return ({ response }) => {
    response.writeHead(code, { location });
    response.end();
  };
}

/** The page redirects to itself with a counter that grows: never the same URL twice. */
export const endlessRedirect: ModeAction = ({ response, target }) => {
  const [path = '/', query = ''] = target.split('?', 2);
  const step = Number(new URLSearchParams(query).get('step') ?? '0') + 1;
  response.writeHead(302, { location: `${path}?step=${step}` });
  response.end();
};

/** The page redirects to itself. */
export const selfRedirect: ModeAction = ({ response, target }) => {
  response.writeHead(301, { location: target });
  response.end();
};

/** A redirect without saying where to. */
export const redirectNowhere: ModeAction = ({ response }) => {
  response.writeHead(302);
  response.end();
};

/** Cloud metadata service, the usual aim of such redirects. */
export const LINK_LOCAL = 'http://169.254.169.254/latest/meta-data/';
