import { isAscii, isUtf8, transcode } from 'node:buffer';

interface DecodedHtml {
  /** Without a byte-order mark. */
  readonly text: string;
  /** WHATWG name of the encoding, lower case. */
  readonly charset: string;
  /** What decided; `fallback`: nothing did, and undecodable bytes became U+FFFD. */
  readonly source: 'bom' | 'header' | 'meta' | 'detected' | 'fallback';
}

/** The standard looks for `<meta charset>` in the first 1024 bytes; the sites' scripts come before it, so further here. */
const META_SEARCH_BYTES = 16_384;
/** Bytes that detection looks at. */
const SAMPLE_BYTES_MAX = 200_000;

/**
 * Turns the bytes of a page into text: by byte-order mark, header, meta, then by what the bytes can be.
 *
 * @param body         Without its content encoding.
 * @param contentType  Content-Type header, null if there was none.
 *
 * Pure; never throws. A declared encoding that the bytes contradict is not believed: bytes that are valid UTF-8 with
 * letters beyond ASCII are UTF-8, whatever header and meta say; a declared UTF-8 that is none is detected.
 */
export function decodeHtml(body: Buffer, contentType: string | null): DecodedHtml {
  const marked = byMark(body);
  if (marked !== null) return { text: decodeAs(body, marked) ?? '', charset: marked, source: 'bom' };
  const declared = declaredEncoding(body, contentType);
  const asUtf8 = decodeUtf8(body);
  if (asUtf8 !== null && (declared === null || isPlainlyUtf8(asUtf8, declared.charset))) {
    return { text: asUtf8, charset: 'utf-8', source: declared?.charset === 'utf-8' ? declared.source : 'detected' };
  }
  if (declared !== null && declared.charset !== 'utf-8') {
    const text = decodeAs(body, declared.charset);
    if (text !== null) return { text, ...declared };
  }
  return detect(body, declared);
}

/** A page that is decoded only as far as needed. */
export interface HtmlSource {
  /** The page, each byte or each UTF-16 unit of it one unit: to look for markup in, which is ASCII. */
  readonly markup: string;
  /** @returns the text between two positions of {@link markup}. */
  slice(start: number, end: number): string;
  /** @returns all the text. */
  text(): string;
}

/** @returns a page that is decoded already. */
export function sourceOfText(text: string): HtmlSource {
  return { markup: text, slice: (start, end) => text.slice(start, end), text: () => text };
}

/** Opens a page like {@link decodeHtml}, but leaves the bytes of the usual page, which is UTF-8 and says nothing else, as they are. Pure. */
export function openHtml(body: Buffer, contentType: string | null): HtmlSource {
  const text = (): string => decodeHtml(body, contentType).text;
  const isPlain = byMark(body) === null && (declaredEncoding(body, contentType)?.charset ?? 'utf-8') === 'utf-8';
  if (!isPlain || !isUtf8(body)) return sourceOfText(text());
  return { markup: body.toString('latin1'), slice: (start, end) => textOfUtf8(body.subarray(start, end)), text };
}

interface Declared {
  readonly charset: string;
  readonly source: 'header' | 'meta';
}

function declaredEncoding(body: Buffer, contentType: string | null): Declared | null {
  const inHeader = /charset\s*=\s*["']?([\w:.-]{1,40})/i.exec(contentType ?? '')?.[1];
  const header = inHeader === undefined ? null : encodingNamed(inHeader);
  if (header !== null) return { charset: header, source: 'header' };
  const start = body.toString('latin1', 0, META_SEARCH_BYTES);
  const inMeta = /<meta[^<>]*?charset\s*=[\s"']*([\w:.-]{1,40})/i.exec(start)?.[1];
  const inXml = /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w:.-]{1,40})/.exec(start)?.[1];
  const named = encodingNamed(inMeta ?? inXml ?? '');
  // A meta that could be read as ASCII cannot stand in UTF-16: the standard takes it for UTF-8.
  const meta = named !== null && named.startsWith('utf-16') ? 'utf-8' : named;
  return meta === null ? null : { charset: meta, source: 'meta' };
}

/** Names by label, in small letters; there are some two hundred. */
const encodings = new Map<string, string>();

/** @returns the WHATWG name, or null where there is no such encoding. */
function encodingNamed(label: string): string | null {
  if (label === '') return null;
  const key = label.toLowerCase();
  const known = encodings.get(key);
  if (known !== undefined) return known;
  try {
    const { encoding } = new TextDecoder(label);
    encodings.set(key, encoding);
    return encoding;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function byMark(body: Buffer): string | null {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8';
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  return null;
}

/** @returns the text, or null where the platform lacks the encoding. Undecodable bytes become U+FFFD. */
function decodeAs(body: Buffer, charset: string): string | null {
  try {
    return new TextDecoder(charset).decode(body);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return null;
    throw error;
  }
}

/** @returns the text, or null where the bytes are no valid UTF-8; a sequence cut off at the very end is forgiven. */
function decodeUtf8(body: Buffer): string | null {
  for (let cut = 0; cut <= 3 && cut <= body.length; cut += 1) {
    const whole = cut === 0 ? body : body.subarray(0, body.length - cut);
    if (isUtf8(whole)) return cut === 0 ? textOfUtf8(whole) : `${textOfUtf8(whole)}\ufffd`;
  }
  return null;
}

/** Three times as fast as `toString('utf8')`, which counts: decoding is a third of the cost of a page. */
function textOfUtf8(valid: Buffer): string {
  return isAscii(valid) ? valid.toString('latin1') : transcode(valid, 'utf8', 'utf16le').toString('utf16le');
}

/** WHATWG names of encodings in which a letter is a byte. */
const ONE_BYTE = /^(?:windows-|iso-8859-|koi8-|macintosh|x-mac-|ibm866)/;

/** Valid UTF-8 beyond ASCII is no accident, except in two-byte encodings, where short texts may happen to be both. */
function isPlainlyUtf8(text: string, declared: string): boolean {
  if (declared === 'utf-8') return true;
  const beyondAscii = text.match(/[^\u0000-\u007f]/g)?.length ?? 0;
  return beyondAscii >= (ONE_BYTE.test(declared) ? 1 : 4);
}

/**
 * Characters that occur in every Chinese text, in both scripts. Cyrillic letters that are misread as two-byte
 * characters give rare ones instead.
 */
const COMMON_HAN =
  /[的一是不在人有他这這为為之大来來以个個中上们們到说說国國和地也时時出而要于於就下得可年会會后後能对對其行过過发發成者日月将將与與]/g;
const COMMON_HAN_SHARE_MIN = 0.03;
/** A short Chinese text may have none of them all the same. */
const RARE_WORTH = 0.7;

/** An encoding, the letters that speak for it and those that speak against it. */
interface Candidate {
  readonly charset: string;
  readonly letters: RegExp;
  readonly noise: RegExp;
  /** Texts without these are seldom in this encoding. */
  readonly common?: RegExp;
}

/** Encodings other than UTF-8 that the sites and their mirrors have used. */
const CANDIDATES: readonly Candidate[] = [
  { charset: 'windows-1251', letters: /[а-яё]/g, noise: /[ЂЃѓ‚„…†‡€‰Љ‹ЊЌЋЏђЎўЈ¤Ґ¦§\u0098]|[а-я][А-Я]/g },
  {
    charset: 'gb18030',
    letters: /[\u4e00-\u9fa5，。、：“”]/g,
    noise: /[\ufffd\ue000-\uf8ff\u3400-\u4dbf]/g,
    common: COMMON_HAN,
  },
  {
    charset: 'big5',
    letters: /[\u4e00-\u9fa5，。、：「」]/g,
    noise: /[\ufffd\ue000-\uf8ff]/g,
    common: COMMON_HAN,
  },
  { charset: 'windows-1256', letters: /[\u0621-\u064a]/g, noise: /[\u0080-\u00ff]/g },
  { charset: 'windows-1254', letters: /[a-zçğıöşüÇĞİÖŞÜ]/g, noise: /[\u0080-\u009f¤¦¨ª¬¯°±¹¼½¾Ð]/g },
];

function detect(body: Buffer, declared: Declared | null): DecodedHtml {
  const sample = beyondAsciiOf(body);
  let best: { charset: string; score: number } | null = null;
  for (const { charset, letters, noise, common } of CANDIDATES) {
    const text = decodeAs(sample, charset);
    if (text === null || text === '') continue;
    const share = (pattern: RegExp): number => (text.match(pattern)?.length ?? 0) / text.length;
    const isRare = common !== undefined && share(common) < COMMON_HAN_SHARE_MIN;
    const score = (share(letters) - 4 * share(noise)) * (isRare ? RARE_WORTH : 1);
    if (score > 0.5 && (best === null || score > best.score)) best = { charset, score };
  }
  // Mostly valid UTF-8 with a few broken bytes is UTF-8 with a few broken bytes.
  const asUtf8 = decodeAs(body, 'utf-8') ?? '';
  const broken = (decodeAs(sample, 'utf-8') ?? '').match(/\ufffd/g)?.length ?? 0;
  if (best === null || broken * 10 < sample.length) {
    return { text: asUtf8, charset: 'utf-8', source: declared?.charset === 'utf-8' ? declared.source : 'fallback' };
  }
  return { text: decodeAs(body, best.charset) ?? '', charset: best.charset, source: 'detected' };
}

/** The bytes of the sample that are no plain ASCII, pairs kept together: markup says nothing about the encoding. */
function beyondAsciiOf(body: Buffer): Buffer {
  const sample = body.subarray(0, SAMPLE_BYTES_MAX);
  const kept: number[] = [];
  for (let at = 0; at < sample.length; at += 1) {
    const byte = sample[at] ?? 0;
    const previous = sample[at - 1] ?? 0;
    if (byte >= 0x80 || (previous >= 0x80 && byte >= 0x40)) kept.push(byte);
  }
  return Buffer.from(kept);
}
