import { describe, expect, it } from 'vitest';
import { decodeHtml } from '../../../src/sputnik/html/decode-html.js';

const RUSSIAN = 'Министр иностранных дел прибыл в Ереван с рабочим визитом';
/** `RUSSIAN` in windows-1251, made by shifting: the platform encodes UTF-8 only. */
const WINDOWS_1251 = Buffer.from(
  Array.from(RUSSIAN, (letter) => {
    const code = letter.charCodeAt(0);
    return code >= 0x410 && code <= 0x44f ? code - 0x350 : code;
  }),
);
const GBK = Buffer.from('c4e3bac3cac0bde7a1a3d0c2ccfac2b7c7c5bdf1ccecbfaacda8a1a3', 'hex');

describe('decodeHtml', () => {
  it('believes a byte-order mark before everything else, and leaves it out', () => {
    expect(decodeHtml(Buffer.from('\ufeffмир'), 'text/html; charset=windows-1251')).toEqual({
      text: 'мир',
      charset: 'utf-8',
      source: 'bom',
    });
    expect(decodeHtml(Buffer.from('\ufeffмир', 'utf16le'), null)).toEqual({
      text: 'мир',
      charset: 'utf-16le',
      source: 'bom',
    });
  });

  it('follows the header, then the meta', () => {
    expect(decodeHtml(WINDOWS_1251, 'text/html; charset="Windows-1251"')).toEqual({
      text: RUSSIAN,
      charset: 'windows-1251',
      source: 'header',
    });
    const page = Buffer.concat([
      Buffer.from('<meta http-equiv="Content-Type" content="text/html; charset=cp1251">'),
      WINDOWS_1251,
    ]);
    expect(decodeHtml(page, 'text/html')).toMatchObject({ charset: 'windows-1251', source: 'meta' });
    expect(decodeHtml(page, 'text/html').text).toContain(RUSSIAN);
  });

  it('finds a meta behind long scripts', () => {
    const page = Buffer.concat([Buffer.from(`<script>${'x'.repeat(8_000)}</script><meta charset=gbk>`), GBK]);
    expect(decodeHtml(page, null)).toMatchObject({ charset: 'gbk', source: 'meta' });
  });

  it('does not believe a declaration that the bytes contradict', () => {
    expect(decodeHtml(Buffer.from(RUSSIAN), 'text/html; charset=windows-1251')).toMatchObject({
      text: RUSSIAN,
      charset: 'utf-8',
      source: 'detected',
    });
    expect(decodeHtml(Buffer.from('Azərbaycan'), 'text/html; charset=iso-8859-1').text).toBe('Azərbaycan');
    expect(decodeHtml(WINDOWS_1251, 'text/html; charset=utf-8')).toMatchObject({
      text: RUSSIAN,
      charset: 'windows-1251',
      source: 'detected',
    });
    expect(decodeHtml(GBK, 'text/html; charset=utf-8')).toMatchObject({
      text: '你好世界。新铁路桥今天开通。',
      source: 'detected',
    });
  });

  it('detects what nobody declares', () => {
    expect(decodeHtml(Buffer.from('中文网页'), null)).toEqual({
      text: '中文网页',
      charset: 'utf-8',
      source: 'detected',
    });
    expect(decodeHtml(WINDOWS_1251, 'text/html')).toMatchObject({ text: RUSSIAN, charset: 'windows-1251' });
    expect(decodeHtml(GBK, null)).toMatchObject({ text: '你好世界。新铁路桥今天开通。' });
  });

  it('forgives UTF-8 that is cut off or broken in a few places', () => {
    const cut = Buffer.from(RUSSIAN).subarray(0, -1);
    expect(decodeHtml(cut, 'text/html; charset=utf-8')).toMatchObject({ charset: 'utf-8' });
    const broken = Buffer.concat([Buffer.from(RUSSIAN), Buffer.from([0xff]), Buffer.from(RUSSIAN)]);
    expect(decodeHtml(broken, 'text/html; charset=utf-8').text).toBe(`${RUSSIAN}\ufffd${RUSSIAN}`);
  });

  it('never throws: unknown names, nothing, rubbish', () => {
    for (const charset of ['x-nonsense', 'replacement', 'utf-16', 'iso-2022-jp', '']) {
      expect(() => decodeHtml(Buffer.from([0, 255, 128, 65]), `text/html; charset=${charset}`)).not.toThrow();
    }
    expect(decodeHtml(Buffer.alloc(0), null).text).toBe('');
  });
});
