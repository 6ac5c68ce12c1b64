import type { ModeAction, ModeContext } from './mode-table.js';

function send({ response }: ModeContext, body: string | Buffer, contentType: string): void {
  response.writeHead(200, { 'content-type': contentType });
  response.end(body);
}

const usualType = ({ answer }: ModeContext): string => answer.headers['content-type'] ?? 'text/html; charset=utf-8';

/** The usual text in other bytes: UTF-16 that calls itself UTF-8. */
export const wrongCharset: ModeAction = (context) => {
  send(context, Buffer.from(context.answer.body(), 'utf16le'), usualType(context));
};

/** The usual bytes under another name: UTF-8 that calls itself GBK in its header; the page's own meta says UTF-8. */
export const mislabelledCharset: ModeAction = (context) => {
  send(context, Buffer.from(context.answer.body(), 'utf8'), usualType(context).replace(/charset=.*/, 'charset=gbk'));
};

/** The usual head over an empty body: seen on the Chinese edition now and then, gone at the next attempt. */
export const emptyHtmlBody: ModeAction = (context) => {
  send(context, context.answer.body().replace(/<body[\s\S]*<\/body>/, '<body></body>'), usualType(context));
};

/** The usual page up to the middle of the article's text, by HTTP's word whole: what a server sends that fails while it renders. */
export const brokenOff: ModeAction = (context) => {
  const body = context.answer.body();
  const from = body.search(/<div class="(?:article__body|b-article__text)/);
  send(context, body.slice(0, from < 0 ? body.length : from + 400), usualType(context));
};

/** XML that breaks off in the middle of an element. */
export const brokenXml: ModeAction = (context) => {
  const body = context.answer.body();
  send(context, `${body.slice(0, Math.floor(body.length * 0.6))}<title>&nosuch; <<< ]]>`, usualType(context));
};

/** HTML where XML should be: the front page of a provider's portal. */
export const htmlInsteadOfXml: ModeAction = (context) => {
  send(
    context,
    '<!DOCTYPE html><html><head><title>Welcome</title></head><body>Log in</body></html>',
    usualType(context),
  );
};

/** Entities that refer to each other, 10⁹ words when expanded, and one that reads a file. */
export const entityBomb: ModeAction = (context) => {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const inner = level === 0 ? 'lol' : `&l${level - 1};`;
    return `<!ENTITY l${level} "${inner.repeat(10)}">`;
  });
  const declaration = `<!DOCTYPE rss [${levels.join('')}<!ENTITY file SYSTEM "file:///etc/passwd">]>`;
  const body = context.answer.body().replace(/^<\?xml[^>]*>\s*/, '');
  const bombed = body.replace(/<title>[^<]*<\/title>/, '<title>&l8;&file;</title>');
  send(context, `<?xml version="1.0" encoding="UTF-8"?>\n${declaration}\n${bombed}`, 'text/xml; charset=utf-8');
};

/** Elements nested this deep around the usual page. */
export function deepNesting(depth: number): ModeAction {
  return (context) => {
    const body = context.answer.body();
    send(
      context,
      body.replace('<div class="article__body">', `<div class="article__body">${'<div>'.repeat(depth)}`),
      usualType(context),
    );
  };
}

/** Random-looking bytes that call themselves HTML. */
export const binaryNoise: ModeAction = (context) => {
  const bytes = Buffer.alloc(200_000);
  let state = 1;
  for (let i = 0; i < bytes.length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  send(context, bytes, 'text/html; charset=utf-8');
};

/** The usual page, its headline a megabyte long. */
export const hugeTitle: ModeAction = (context) => {
  const body = context.answer
    .body()
    .replace(
      /(<h1[^>]*>|<div class="article__title">)[^<]*/,
      (_, open: string) => open + 'A title without an end '.repeat(45_000),
    );
  send(context, body, usualType(context));
};

/** The usual page, every time on it one that does not exist. */
export const invalidDates: ModeAction = (context) => {
  const body = context.answer
    .body()
    .replace(/"\d{8}T\d{4}([+-]\d{4})?"/g, '"20261399T2577+9900"')
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?([+-]\d{2}:?\d{2}|Z)?/g, '2026-02-31T24:61+0000')
    .replace(/data-unixtime="\d+"/g, 'data-unixtime="NaN"')
    .replace(/(analytics:p_ts" content=")\d+/g, '$1-1e99')
    .replace(/\d{2}:\d{2} \d{2}\.\d{2}\.\d{4}/g, '99:99 00.00.0000')
    .replace(/<pubDate>[^<]*/g, '<pubDate>Someday, 32 Nix 20260 25:61:61 +9999');
  send(context, body, usualType(context));
};

/** The usual page, its first tag's name raw markup with a script in it. */
export const rawTagMarkup: ModeAction = (context) => {
  const evil = '</a><script>document.title="owned"</script><img src=x onerror=alert(1)>"\'`=cmd|&#0;<b>';
  const body = context.answer.body().replace(/(<a [^>]*class="tag__text"[^>]*>)/, (_, open: string) => open + evil);
  send(context, body, usualType(context));
};

/** The usual page under ids that are no numbers. */
export const nanIds: ModeAction = (context) => {
  const body = context.answer.body().replace(/data-(article-)?id="\d+"/g, 'data-$1id="NaN"');
  send(context, body, usualType(context));
};

/** The usual page after the site renamed what leads and bodies are marked with: a change that a reader must follow. */
export const changedMarkup: ModeAction = (context) => {
  const body = context.answer
    .body()
    .replaceAll('article__announce-text', 'article__intro')
    .replaceAll('article__second-title', 'article__subtitle')
    .replaceAll('class="article__body"', 'class="article__story"');
  send(context, body, usualType(context));
};

/** A small page that looks like a provider's, and is hard to tell from one: its tags are never closed. */
export const openTags: ModeAction = (context) => {
  send(context, `<html>error 1020 ${'<'.repeat(199_000)}`, 'text/html; charset=utf-8');
};

/** So many bodies were sent: each is another one. */
let bodies = 0;

/** The usual page over a body of so many paragraphs of so many characters, one word in eight another one at each fetch. */
export function otherBody(paragraphs: number, characters: number): ModeAction {
  return (context) => {
    bodies += 1;
    const texts = Array.from({ length: paragraphs }, (_, index) => {
      const words: string[] = [];
      for (let length = 0, word = index; length < characters; word += 1) {
        const seed = word % 8 === 0 ? word * 7919 + bodies : word;
        words.push((Math.imul(seed, 0x9e3779b1) >>> 0).toString(36));
        length += (words.at(-1)?.length ?? 0) + 1;
      }
      return `<div class="article__block" data-type="text"><div class="article__text">${words.join(' ')}</div></div>`;
    });
    const open = '<div class="article__body">';
    const body = context.answer.body().replace(open, open + texts.join(''));
    send(context, body, usualType(context));
  };
}
