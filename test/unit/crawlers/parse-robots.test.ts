import { describe, expect, it } from 'vitest';
import { parseRobots } from '../../../src/crawlers/politeness/parse-robots.js';

const read = (text: string | Buffer) => parseRobots(Buffer.from(text as string), 'foobot');
const group = (...rules: string[]) => read(['User-agent: *', ...rules].join('\n'));
/** A path that meets most rules, as long as one may be. */
const LONGEST_PATH = `/${'a'.repeat(2_046)}`;

describe('the group that is obeyed', () => {
  it.each<[what: string, text: string, allowed: string, closed: string | null]>([
    ['the one for everybody', 'User-agent: *\nDisallow: /x', '/y', '/x'],
    ['our own, and then no other', 'User-agent: *\nDisallow: /y\nUser-agent: FooBot\nDisallow: /x', '/y', '/x'],
    ['our own, though it is empty', 'User-agent: *\nDisallow: /\nUser-agent: foobot', '/', null],
    ['our own with its version', 'User-agent: foobot/2.1 (x)\nDisallow: /x', '/y', '/x'],
    ['no longer name that begins as ours', 'User-agent: foobot-news\nDisallow: /x', '/x', null],
    ['no shorter name', 'User-agent: foo\nDisallow: /x', '/x', null],
    ['one that several products share', 'User-agent: a\nUser-agent: foobot\nUser-agent: b\nDisallow: /x', '/y', '/x'],
    ['no group that begins after it', 'User-agent: foobot\nDisallow: /x\nUser-agent: b\nDisallow: /y', '/y', '/x'],
    ['ours with unknown lines in its head', 'User-agent: foobot\nSitemap: /s\nUser-agent: b\nDisallow: /x', '/y', '/x'],
    ['ours with empty lines', 'User-agent: foobot\n\n\nDisallow: /x', '/y', '/x'],
    ['ours behind rules without a group', 'Disallow: /y\nUser-agent: foobot\nDisallow: /x', '/y', '/x'],
    ['none at all', 'User-agent: other\nDisallow: /x', '/x', null],
    ['lines that end in CR only', 'User-agent: foobot\rDisallow: /x\rAllow: /x/y', '/x/y', '/x'],
    ['lines that end in CRLF', 'User-agent: foobot\r\nDisallow: /x\r\n', '/y', '/x'],
    ['a byte order mark', '\ufeffUser-agent: foobot\nDisallow: /x', '/y', '/x'],
    ['comments', '# all\nUser-agent: foobot # us\nDisallow: /x # not this\n#Disallow: /y', '/y', '/x'],
    ['white space everywhere', ' \tUSER-AGENT :\tfoobot \n  DISALLOW\t: /x\t\n', '/y', '/x'],
  ])('is %s', (_what, text, allowed, closed) => {
    expect(read(text).allows(allowed)).toBe(true);
    if (closed !== null) expect(read(text).allows(closed)).toBe(false);
  });

  it('is one, wherever its parts stand', () => {
    const rules = read(
      'User-agent: foobot\nDisallow: /x\n\nUser-agent: b\nDisallow: /y\n\nUser-agent: FOOBOT\nDisallow: /z',
    );
    expect(['/x', '/y', '/z'].map((path) => rules.allows(path))).toEqual([false, true, false]);
  });
});

describe('a rule', () => {
  it.each<[rules: string[], path: string, isAllowed: boolean]>([
    // RFC 9309, §2.2.2 and §5.2: the longest match.
    [['Disallow: /example/page/', 'Allow: /example/page/disallowed.gif'], '/example/page/disallowed.gif', true],
    [['Allow: /example/page/', 'Disallow: /example/page/disallowed.gif'], '/example/page/disallowed.gif', false],
    [['Disallow: /page', 'Allow: /page'], '/page', true],
    [['Allow: /page', 'Disallow: /page'], '/page', true],
    [['Allow: /$', 'Disallow: /'], '/', true],
    [['Allow: /$', 'Disallow: /'], '/page.htm', false],
    [['Allow: /page', 'Disallow: /*.htm'], '/page.htm', false],
    [['Allow: /p', 'Disallow: /'], '/page', true],
    [['Disallow:'], '/x', true],
    [['Disallow: ', 'Disallow: /x'], '/x', false],
    // Special characters, §2.2.3.
    [['Disallow: *.gif$'], '/a/b.gif', false],
    [['Disallow: *.gif$'], '/a/b.gif?c', true],
    [['Disallow: /this/*/exactly'], '/this/path/exactly/so', false],
    [['Disallow: /this/*/exactly$'], '/this/path/exactly/so', true],
    [['Disallow: /this/*/exactly$'], '/this/exactly/and/exactly', false],
    [['Disallow: /a*a$'], '/a', true],
    [['Disallow: /*ab*abc$'], '/ab-ab-abc', false],
    [['Disallow: /*$'], '/x', false],
    [['Disallow: /x$'], '/x', false],
    [['Disallow: /x$'], '/xy', true],
    [['Disallow: /x$y'], '/x$y', false],
    [['Disallow: /***x'], '/abx', false],
    [['Disallow: /file-with-a-%2A.html'], '/file-with-a-*.html', false],
    [['Disallow: /file-with-a-%2A.html'], '/file-with-a-b.html', true],
    [['Disallow: /foo-%24'], '/foo-$', false],
    // Upper and lower case differ, except in percent-encodings.
    [['Disallow: /X'], '/x', true],
    [['Disallow: /foo/bar?baz=quz'], '/foo/bar?baz=quz', false],
    [['Disallow: /foo/bar/ツ'], '/foo/bar/%E3%83%84', false],
    [['Disallow: /foo/bar/%e3%83%84'], '/foo/bar/%E3%83%84', false],
    [['Disallow: /foo/bar/%62%61%7A'], '/foo/bar/baz', false],
    [['Disallow: /foo/bar/baz'], '/foo/bar/%62%61%7a', false],
    [['Disallow: /a%2fb'], '/a/b', true],
    [['Disallow: /a%2Fb'], '/a%2fb', false],
    [['Disallow: /a b'], '/a%20b', false],
    [['Disallow: /100%'], '/100%', false],
    [['Disallow: x'], '/x', true],
  ])('of %j makes %s %j', (rules, path, isAllowed) => {
    expect(group(...rules).allows(path)).toBe(isAllowed);
  });

  it.each<[lines: string[], seconds: number | null]>([
    [['Crawl-delay: 2'], 2],
    [['Crawl-delay: 2', 'Crawl-delay: 7', 'Crawl-delay: 3'], 7],
    [['Crawl-delay: 2', 'User-agent: b', 'Crawl-delay: 9'], 2],
    [['Crawl-delay: 1e999'], null],
    [['Crawl-delay: 0x10 s', 'Disallow: /'], null],
    [['Crawl-delay: 0x10', 'Crawl-delay: 1e3', 'Crawl-delay: +9', 'Crawl-delay: Infinity'], null],
    [['Crawl-delay: 2.5 # seconds'], 2.5],
    [['Crawl-delay: .5'], 0.5],
    [['Crawl-delay: 5.'], 5],
    [['Crawl-delay: .', 'Crawl-delay: .5.'], null],
  ])('of delay is read from %j as %j s', (lines, seconds) => {
    expect(group(...lines).crawlDelaySecs).toBe(seconds);
  });
});

describe('limits', () => {
  const START = 'User-agent: *\nDisallow: /x\n';

  it('reads 512,000 bytes and no line that is cut there', () => {
    const padding = '#'.repeat(512_000 - START.length - 'Disallow: /yes\nDisallow: /'.length - 1);
    const rules = read(`${START}${padding}\nDisallow: /yes\nDisallow: /no\nDisallow: /z\n`);
    expect(['/x', '/yes', '/no', '/z', '/'].map((path) => rules.allows(path))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it('keeps 10,000 different rules, whatever repeats', () => {
    const many = (from: number, count: number): string[] =>
      Array.from({ length: count }, (_, at) => `Disallow: /${from + at}$`);
    const rules = group(...many(0, 9_999), ...many(0, 9_999), 'Disallow: /last', 'Disallow: /beyond');
    expect(['/0', '/9998', '/last', '/beyond'].map((path) => rules.allows(path))).toEqual([false, false, false, true]);
  });

  it.each<[what: string, text: string]>([
    [
      'thousands of products for thousands of rules',
      [
        ...Array.from({ length: 19_600 }, (_, at) => `user-agent:${at}`),
        'user-agent:*',
        ...Array.from({ length: 32_000 }, () => 'allow:/'),
      ].join('\n'),
    ],
    ['a rule of 480 KB of stars', `user-agent:*\ndisallow:/${'*'.repeat(480_000)}z`],
    ['a rule of 480 KB of stars and letters', `user-agent:*\ndisallow:/${'*a'.repeat(240_000)}z`],
    ['a thousand stars between what the path is made of', `user-agent:*\ndisallow:/${'*a'.repeat(1_000)}z`],
    [
      'rules as long as the path that all but match',
      `user-agent:*\n${Array.from({ length: 240 }, (_, at) => `disallow:*${'a'.repeat(1_000 + at)}b`).join('\n')}`,
    ],
    [
      'rules that all but match everywhere',
      `user-agent:*\n${Array.from({ length: 10_000 }, (_, at) => `disallow:*aaa${at}*aaab`).join('\n')}`,
    ],
    [
      'as many short rules as there is room for',
      `user-agent:*\n${Array.from({ length: 45_000 }, (_, at) => `allow:*${at.toString(36)}`).join('\n')}`,
    ],
    ['a line of percent signs', `user-agent:*\ndisallow:/${'%'.repeat(500_000)}`],
    ['a line of spaces', `user-agent:*${' '.repeat(250_000)}x\ndisallow:${' '.repeat(240_000)}/x`],
    ['nothing but line ends', '\r\n'.repeat(256_000)],
    ['nothing but colons', ':'.repeat(512_000)],
    ['nothing but comments', '#\n'.repeat(256_000)],
  ])('takes %s in no time', (_what, text) => {
    const startedAt = performance.now();
    const rules = read(text);
    for (let count = 0; count < 3; count += 1) rules.allows(LONGEST_PATH);
    // 0.2 s at most when nothing else runs; what they stand for took from seven seconds to for ever.
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
