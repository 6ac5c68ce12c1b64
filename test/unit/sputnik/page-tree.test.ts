import { describe, expect, it } from 'vitest';
import { inlineText } from '../../../src/sputnik/html/inline-text.js';
import { attributeOf, DEPTH_MAX, parsePage } from '../../../src/sputnik/html/page-tree.js';
import { select } from '../../../src/sputnik/html/select.js';

const textOf = (html: string, selector: string): string[] =>
  select(parsePage(html), selector).map((element) => inlineText(element));

describe('parsePage', () => {
  it('ends paragraphs, items and cells where the standard does', () => {
    expect(textOf('<div><p>a<p>b<div>c</div></div>', 'p')).toEqual(['a', 'b']);
    expect(textOf('<ul><li>a<li>b<ul><li>c</ul><li>d</ul>', 'li')).toEqual(['a', 'b c', 'c', 'd']);
    expect(textOf('<table><tr><td>a<td>b<tr><td>c</table>', 'td')).toEqual(['a', 'b', 'c']);
  });

  it('does not let a stray inline end tag close blocks around it', () => {
    expect(textOf('<div class=a><b><div>x</b>y</div>z</div><i>out</i>', '.a')).toEqual(['x y z'.replace('x y', 'xy')]);
  });

  it('goes on behind the end of the body as the standard does', () => {
    const { root, open } = parsePage('<body><div><p>a</body></html><i>b</i></p></div>c');
    expect(inlineText(root)).toBe('ab c');
    expect(open.map(({ name }) => name)).toEqual(['body']);
  });

  it('keeps of a document within the document what it holds', () => {
    const { root, open } = parsePage(
      '<html><body><div><html><head></head><body><p>a</p></body></html></div>b</body></html>',
    );
    expect(inlineText(root)).toBe('a b');
    expect(open.map(({ name }) => name)).toEqual(['html', 'body']);
    expect(parsePage('<div><html><body>a</body></html></div>', { firstElementOnly: true }).open).toEqual([]);
  });

  it('ignores end tags of what is not open, and comments, and CDATA', () => {
    expect(textOf('<div class=a>x</span></p></table><!-- <div> -->y<![CDATA[ z ]]></div>', '.a')).toEqual(['xy']);
  });

  it('takes no markup out of scripts', () => {
    expect(select(parsePage('<script>"<div class=a>"</script><style><div class=a></style>'), '.a')).toEqual([]);
  });

  it('decodes entities in text and attributes, keeps the first of repeated attributes, lower-cases names', () => {
    const [element] = select(
      parsePage('<DIV CLASS="a" TITLE="x&amp;y" title=z>&laquo;&#x4E2D;&#128512;&nosuch;</DIV>'),
      'div',
    );
    expect(attributeOf(element!, 'title')).toBe('x&y');
    expect(inlineText(element!)).toBe('«中😀&nosuch;');
  });

  it('reads on at the depth where it stops nesting', () => {
    const tree = parsePage('<div>'.repeat(1_000) + 'x' + '</div>'.repeat(1_000) + '<p class=after>y</p>');
    expect(tree.isCut).toBe(true);
    expect(select(tree, '.after')[0]?.parent).toBe(tree.root);
    expect(inlineText(tree.root)).toBe('x y');
    expect(tree.elements.length).toBeGreaterThan(DEPTH_MAX);
  });

  it('stops behind the first element when asked to', () => {
    const tree = parsePage('<div class=a>x</div><div class=b>y</div>', { firstElementOnly: true });
    expect([select(tree, '.a').length, select(tree, '.b').length]).toEqual([1, 0]);
  });
});

describe('select', () => {
  const tree = parsePage(
    '<div class="x y" data-type=text><p class=a>1</p><div><p class="a b" itemprop="name other">2</p></div></div><p class=a>3</p>',
  );
  it.each([
    ['.a', ['1', '2', '3']],
    ['.x .a', ['1', '2']],
    ['.x.y div p.a.b', ['2']],
    ['[data-type=text] p', ['1', '2']],
    ['[itemprop*=other]', ['2']],
    ['[itemprop^=name]', ['2']],
    ['.b, .a', ['1', '2', '3']],
    ['.none', []],
    ['.y .x', []],
  ])('finds %s', (selector, expected) => {
    expect(select(tree, selector).map((element) => inlineText(element))).toEqual(expected);
  });
});

describe('inlineText', () => {
  it.each([
    ['a <b>b</b>c', 'a bc'],
    ['a\n  b', 'a b'],
    ['中\n   文', '中文'],
    ['中 文', '中 文'],
    ['4月12日電\n俄羅斯', '4月12日電 俄羅斯'],
    ['中\n<a>文</a>', '中文'],
    ['一：\n“文”\n。', '一：“文”。'],
    ['一——\n“文”', '一——“文”'],
    ['a—\n“b”', 'a— “b”'],
    ['한국\n어', '한국 어'],
    ['a<br>b<br/> c', 'a\nb\nc'],
    ['a<script>x</script>b', 'ab'],
    ['10<sup>6</sup> kg', '10⁶ kg'],
    ['3<sup>1</sup>/<sub>2</sub>', '3¹/₂'],
    ['10<sup>&minus;</sup><sup>9</sup>', '10⁻⁹'],
    ['10<sup> – 12 </sup>m', '10⁻¹² m'],
    ['H<sub>2</sub>SO<sub><b>4</b></sub>', 'H₂SO₄'],
    ['CO<sub>экв.</sub>', 'CO_(экв.)'],
    ['x<sup>q</sup>', 'x^q'],
    ['5<sup>й</sup>', '5^й'],
    ['a<sup>n/2</sup>b', 'a^(n/2)b'],
    ['m<sup>2<sup>3</sup></sup>', 'm^(2³)'],
    ['слово<sup><a href="#1">[1]</a></sup>.', 'слово^[1].'],
    ['Name<sup>®</sup>', 'Name®'],
    ['м<span style="font-size:8px; Vertical-Align: super">3</span>', 'м³'],
    ['a<sup></sup>b', 'ab'],
    ['<ruby>漢<rt>かん</rt>字<rt>じ</rt></ruby>', '漢(かん)字(じ)'],
    ['<ruby>漢<rt>かん字<rt>じ</ruby>を', '漢(かん字)(じ)を'],
    ['<ruby>東京<rp>（</rp><rt>とうきょう</rt><rp>）</rp></ruby>', '東京（とうきょう）'],
    ['<ruby>東<rt></rt></ruby>', '東'],
  ])('shows %j as a browser does', (html, expected) => {
    expect(inlineText(parsePage(html).root)).toBe(expected);
  });
});
