import { scripts } from './browser-modes.js';
import * as list from './list-modes.js';
import type { ModeAction } from './mode-table.js';
import * as redirect from './redirect-modes.js';
import * as script from './script-modes.js';
import * as status from './status-modes.js';
import * as text from './text-modes.js';
import * as wire from './wire-modes.js';

/** A way in which a site can misbehave, ready to be put upon a page. */
export interface HostileMode {
  /** What it does, for a table of faults. */
  readonly what: string;
  /** Where it makes sense. */
  readonly on: 'article' | 'list' | 'both';
  readonly action: ModeAction;
}

const mode = (on: HostileMode['on'], what: string, action: ModeAction): HostileMode => ({ on, what, action });

/** Every hostile mode by name, for tests that go through all of them. */
export const HOSTILE_MODES = {
  status500: mode('both', '500', status.status(500)),
  status503: mode('both', '503', status.status(503)),
  tooManyRequests: mode('both', '429 with Retry-After of one second', status.tooManyRequests(1)),
  blocked451: mode('both', '451 with a block page', status.blockPage(451)),
  blocked403: mode('both', '403 with a block page', status.blockPage(403)),
  blocked200: mode('both', '200 with a block page', status.blockPage(200)),
  captcha: mode('article', 'a captcha in place of the page', status.captcha),
  emptyAnswer: mode('both', '200 without a body', status.emptyAnswer),
  baselessNotModified: mode('both', '304 to an unconditional request', status.baselessNotModified),
  resetAtOnce: mode('both', 'connection reset before the answer', wire.resetAtOnce),
  resetMidBody: mode('both', 'connection reset in the middle of the body', wire.resetMidBody),
  shortBody: mode('both', 'fewer bytes than Content-Length says', wire.shortBody),
  partialContent: mode('both', '206 with half of the page', wire.partialContent),
  truncatedGzip: mode('both', 'gzip cut in the middle', wire.truncatedGzip),
  lyingGzip: mode('both', 'plain text that calls itself gzip', wire.lyingGzip),
  corruptGzip: mode('both', 'gzip with a wrong checksum', wire.corruptGzip),
  unknownEncoding: mode('both', 'a content encoding nobody asked for', wire.unknownEncoding),
  gzipBomb: mode('both', '1 MB of gzip that grows to 1 GB', wire.gzipBomb),
  hugePage: mode('both', 'a page of 60 MB', wire.hugePage(60 * 1024 * 1024)),
  endlessBody: mode('both', 'a body without an end', wire.endlessBody),
  slowDrip: mode('both', 'one byte every 100 ms', wire.slowDrip(100)),
  silence: mode('both', 'no answer at all', wire.silence),
  garbage: mode('both', 'bytes that are no HTTP', wire.garbage),
  hugeHeaders: mode('both', 'a megabyte of response headers', wire.hugeHeaders),
  manyContinues: mode('both', '100,000 times "100 Continue" before the answer', wire.manyContinues),
  twoLengths: mode('both', 'two lengths that differ', wire.twoLengths),
  secondAnswer: mode('article', 'a second answer that nobody asked for', wire.secondAnswer),
  endlessTrailers: mode('article', '3 MB of headers after the body', wire.endlessTrailers),
  firewall: mode('both', "a firewall's empty 202", status.firewall),
  guardFrame: mode('article', "a guard's frame in place of the page", status.guardFrame),
  endlessRedirect: mode('both', 'redirects without an end', redirect.endlessRedirect),
  selfRedirect: mode('both', 'a redirect to itself', redirect.selfRedirect),
  redirectNowhere: mode('both', 'a redirect without Location', redirect.redirectNowhere),
  redirectOtherHost: mode('both', 'redirect to another host', redirect.redirectTo('https://attacker.example/')),
  redirectLoopback: mode('both', 'redirect to another port of loopback', redirect.redirectTo('http://127.0.0.1:1/')),
  redirectLinkLocal: mode('both', 'redirect to a link-local address', redirect.redirectTo(redirect.LINK_LOCAL)),
  redirectFile: mode('both', 'redirect to a file', redirect.redirectTo('file:///etc/passwd')),
  wrongCharset: mode('both', 'UTF-16 that calls itself UTF-8', text.wrongCharset),
  mislabelledCharset: mode('both', 'UTF-8 that calls itself GBK', text.mislabelledCharset),
  binaryNoise: mode('both', 'noise that calls itself HTML', text.binaryNoise),
  emptyHtmlBody: mode('article', 'a page whose body is empty', text.emptyHtmlBody),
  brokenOff: mode('article', 'a page that breaks off within the text', text.brokenOff),
  deepNesting: mode('article', '10,000 nested elements', text.deepNesting(10_000)),
  hugeTitle: mode('article', 'a title of 1 MB', text.hugeTitle),
  invalidDates: mode('article', 'dates that do not exist', text.invalidDates),
  rawTagMarkup: mode('article', 'a tag whose name is markup', text.rawTagMarkup),
  nanIds: mode('article', 'ids that are no numbers', text.nanIds),
  brokenXml: mode('list', 'XML cut in the middle', text.brokenXml),
  htmlInsteadOfXml: mode('list', 'HTML where XML should be', text.htmlInsteadOfXml),
  entityBomb: mode('list', 'an entity bomb', text.entityBomb),
  traversalEntries: mode('list', 'path traversal, NUL and foreign hosts in URLs', list.traversalEntries),
  impossibleEntries: mode('list', 'ids and days that do not exist', list.impossibleEntries),
  evilTitleEntries: mode('list', 'titles with markup, formulas, control characters and 1 MB', list.evilTitleEntries),
  endlessList: mode('list', 'a list without an end', list.endlessList),
  endlessSitemapIndex: mode('list', 'a sitemap index of 30,000 children', list.endlessSitemapIndex),
  emptiedList: mode('list', 'a list with nothing in it', list.emptiedList),
  scriptShell: mode('article', 'an article that needs script', script.scriptShell),
  challenge: mode('article', 'a check that needs script', script.challenge),
  crowdedBody: mode('article', 'a body of 4,900 paragraphs, others at each fetch', text.otherBody(4_900, 70)),
  longParagraph: mode('article', 'a paragraph of 390 KB, another one at each fetch', text.otherBody(1, 390_000)),
  openTags: mode('article', '200 KB of < beside "error 1020"', text.openTags),
  unclosedLinks: mode('list', '5 MB of links that are never closed', list.unclosedLinks),
  crowdedList: mode('list', '40,000 entries of another edition', list.crowdedList),
} as const satisfies Readonly<Record<string, HostileMode>>;

/** Pages that only a browser can open, and that mean it or its driver ill; over plain HTTP each is an empty shell. */
export const BROWSER_MODES = {
  endlessLoop: mode('article', 'a script without an end', scripts.endlessLoop),
  fillBuffers: mode('article', 'buffers that fill a gigabyte a second', scripts.fillBuffers),
  fillHeap: mode('article', 'objects that fill the heap', scripts.fillHeap),
  fillElements: mode('article', 'elements without an end', scripts.fillElements),
  fillBlobs: mode('article', 'blobs, which the browser keeps for the page', scripts.fillBlobs),
  fillStorage: mode('article', 'a cache that is filled', scripts.fillStorage),
  openWindows: mode('article', 'windows without an end', scripts.openWindows),
  dialogs: mode('article', 'dialogs, and a page that will not be left', scripts.dialogs),
  downloads: mode('article', 'downloads without an end', scripts.downloads),
  speakUdp: mode('article', 'WebRTC and WebTransport to loopback', scripts.speakUdp),
  openSockets: mode('article', 'web sockets by the thousand', scripts.openSockets),
  openFrames: mode('article', 'frames by the thousand', scripts.openFrames),
  openWorkers: mode('article', 'workers by the thousand', scripts.openWorkers),
  askEndlessly: mode('article', 'requests by the thousand', scripts.askEndlessly),
  fetchData: mode('article', 'requests that never leave the browser, by the thousand', scripts.fetchData),
  goInCircles: mode('article', 'a new address every moment', scripts.goInCircles),
  reloadForEver: mode('article', 'a page that loads itself again', scripts.reloadForEver),
  writeForEver: mode('article', 'a document that is never whole', scripts.writeForEver),
  talkALot: mode('article', 'lines on the console by the thousand', scripts.talkALot),
  talkLoudly: mode('article', 'lines of 30 MB on the console', scripts.talkLoudly),
  throwForEver: mode('article', 'errors by the thousand', scripts.throwForEver),
  hugeDocument: mode('article', 'a document that a script lets grow to 150 MB', scripts.hugeDocument),
} as const satisfies Readonly<Record<string, HostileMode>>;

export type HostileModeName = keyof typeof HOSTILE_MODES;
export type BrowserModeName = keyof typeof BROWSER_MODES;
