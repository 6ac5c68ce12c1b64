import type { ModeAction } from './mode-table.js';

const HTML = { 'content-type': 'text/html; charset=utf-8' };

/** An empty shell whose script writes the article: without a browser there is nothing to read. */
export const scriptShell: ModeAction = ({ response, answer, sendUsual }) => {
  if (answer.status !== 200) {
    sendUsual();
    return;
  }
  const payload = Buffer.from(answer.body(), 'utf8').toString('base64');
  response.writeHead(200, HTML);
  response.end(
    `<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>…</title></head><body><div id="app"></div><script>
const bytes = Uint8Array.from(atob("${payload}"), (character) => character.charCodeAt(0));
const page = new DOMParser().parseFromString(new TextDecoder().decode(bytes), "text/html");
document.documentElement.replaceWith(page.documentElement);
</script></body></html>\n`,
  );
};

/** A check that lets in who runs its script: it sets a cookie and loads the page again. */
export const challenge: ModeAction = ({ request, response, sendUsual }) => {
  if (/(?:^|;\s*)test_site_pass=1/.test(request.headers.cookie ?? '')) {
    sendUsual();
    return;
  }
  response.writeHead(503, { ...HTML, 'retry-after': '1' });
  response.end(
    `<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>Just a moment...</title></head><body><h1>Checking your browser</h1><noscript>Please turn scripts on.</noscript><script>
document.cookie = "test_site_pass=1; path=/";
location.reload();
</script></body></html>\n`,
  );
};
