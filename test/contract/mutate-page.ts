import type { Seeded } from './seeded.js';

/** Blocks that never are body, with words in them that would show if they leaked; none brings a picture or leads to another article. */
export const NEVER_BODY_BLOCKS: readonly string[] = [
  '<div class="article__block" data-type="article"><div class="article__article"><a class="article__article-title" href="/20240315/1057700001.html">LEAK card</a><div class="article__text">LEAK</div></div></div>',
  '<div class="article__block" data-type="media"><div class="media"><div class="media__copyright"><div class="media__copyright-item">LEAK credit</div></div><div class="media__description">LEAK caption</div><div class="article__text">LEAK</div></div></div>',
  '<div class="article__block" data-type="image"><img src="data:image/svg+xml,x" alt="LEAK alt - LEAK, 1920, 14.09.2022"></div>',
  '<div class="article__block" data-type="photolenta"><div class="article__photolenta"><p>LEAK</p></div></div>',
  '<div class="article__block" data-type="banner"><div class="banner"><div class="article__text">LEAK</div></div></div>',
  '<div class="article__block" data-type="video"><video></video><div class="article__quote-text">LEAK</div></div>',
  '<div class="article__block" data-type="embed"><blockquote>LEAK</blockquote><iframe>LEAK</iframe></div>',
  '<div class="article__meta" itemscope itemtype="https://schema.org/ImageObject"><div itemprop="headline">LEAK</div><div itemprop="articleBody">LEAK</div></div>',
  '<div class="article__summary"><span class="article__summary-title">LEAK</span><ul class="article__summary-list"><li>LEAK</li></ul></div>',
  '<div class="article__google-news"><a href="https://news.google.com/">LEAK</a></div>',
  '<div class="article__news-services-subscribe">LEAK</div>',
  '<a class="photoview__ext-link" href="#">LEAK</a>',
  '<div class="m-buy">LEAK</div>',
  '<div class="media__copyright">LEAK</div>',
  '<script>document.write("<div class=\\"article__text\\">LEAK</div>")</script>',
  '<style>.LEAK{}</style>',
  '<noscript><div class="article__text">LEAK</div></noscript>',
  '<!-- <div class="article__block" data-type="text"><div class="article__text">LEAK</div></div> -->',
  '<template><div class="article__text">LEAK</div></template>',
];

/** Changes what a page looks like in source and not what it says. */
export function mutatePage(html: string, random: Seeded): string {
  const dressed = html.replace(
    /(<div class="article__(?:text|quote-text)">)([^<]*)/g,
    (_, open: string, text: string) => open + dress(text, random),
  );
  let page = insertNeverBody(dressed, random);
  page = page.replace(/<([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)+)\s*>/g, (_, name: string, attributes: string) =>
    rewriteTag(name, attributes, random),
  );
  return page.replace(/(<\/?(?:div|ul|li|h1|h2)[^<>]*>)/g, (tag) =>
    random.below(4) === 0 ? `${blank(random)}${tag}` : tag,
  );
}

function insertNeverBody(html: string, random: Seeded): string {
  const [before = '', body = '', after = ''] = splitBody(html);
  const blocks = body.split(/(?=<div class="article__block")/);
  for (let count = 1 + random.below(6); count > 0; count -= 1) {
    blocks.splice(random.below(blocks.length + 1), 0, random.pick(NEVER_BODY_BLOCKS));
  }
  return before + blocks.join('') + after;
}

function splitBody(html: string): readonly string[] {
  const start = html.indexOf('<div class="article__body">') + '<div class="article__body">'.length;
  const end = html.indexOf('</div>\n<div class="article__footer">');
  return [html.slice(0, start), html.slice(start, end), html.slice(end)];
}

/** Puts words of a paragraph into inline tags and comments, and stretches its blanks. */
function dress(text: string, random: Seeded): string {
  let dressed = text.replace(/ /g, () => (random.below(3) === 0 ? `${blank(random)} ` : ' '));
  for (let count = random.below(4); count > 0; count -= 1) {
    const characters = dressed.split(/(?=[^\n])/u);
    const start = random.below(characters.length);
    const words = characters.slice(start, start + 1 + random.below(6)).join('');
    if (/[<>&;]/.test(words)) continue;
    const at = characters.slice(0, start).join('').length;
    if (/<[^>]*$|&[^;]*$/.test(dressed.slice(0, at))) continue;
    dressed = dressed.slice(0, at) + random.pick(WRAPPERS)(words) + dressed.slice(at + words.length);
  }
  return dressed;
}

const WRAPPERS: readonly ((words: string) => string)[] = [
  (words) => `<b>${words}</b>`,
  (words) => `<span class="x"><i><em>${words}</em></i></span>`,
  (words) => `<a href="/geo_yameiniya/" target="_blank">${words}</a>`,
  (words) => `<!-- c -->${words}<!-- /c -->`,
  (words) => `<strong>${words}</strong><wbr>`,
];

function rewriteTag(name: string, attributes: string, random: Seeded): string {
  const list = [...attributes.matchAll(/\s+([a-z-]+)(?:="([^"]*)")?/g)].map(([, key = '', value]) =>
    value === undefined ? key : rewriteAttribute(key, value, random),
  );
  if (random.below(3) === 0) list.push(`data-x${random.below(9)}="${random.below(99)}"`);
  const shown = random.below(5) === 0 ? name.toUpperCase() : name;
  return `<${shown} ${random.shuffle(list).join(random.pick([' ', '  ', '\n  ']))}${random.pick(['', ' '])}>`;
}

function rewriteAttribute(key: string, value: string, random: Seeded): string {
  const shown = random.below(6) === 0 ? key.toUpperCase() : key;
  return random.below(3) === 0 && !value.includes("'") ? `${shown}='${value}'` : `${shown}="${value}"`;
}

function blank(random: Seeded): string {
  return random.pick([' ', '\n', '\t', '\n\n    ', '  ']);
}
