import type { LaunchOptions } from 'playwright';

/**
 * The browser's own network is a proxy whose name leads nowhere, as every name does: nothing reaches the net, loopback included, but
 * through the routes of `read-in-browser`, which ask the network guard. What Playwright routes nowhere (beacons, prefetches, recognition of speech)
 * does not even knock at a port: a proxy at an address would be asked for a connection by those.
 */
const NO_NETWORK = [
  '--proxy-server=http://nowhere.invalid:1',
  '--proxy-bypass-list=<-loopback>',
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--disable-quic',
];
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--mute-audio',
  // The first for the headless shell, the second for a whole Chromium.
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
  '--webrtc-ip-handling-policy=disable_non_proxied_udp',
];
const SMALL = [
  // Heap of a page's scripts, in MB; a page that wants more is ended by the browser.
  '--js-flags=--max-old-space-size=128',
  // Nobody looks at the pages: no process for the graphics, and no OpenGL in software. 18 MB less.
  '--in-process-gpu',
  '--disable-gpu',
  '--disable-software-rasterizer',
];
/** For the browser to be up. */
export const START_MS_MAX = 30_000;

/**
 * How the browser is started. As root Chromium's sandbox cannot start, and only then it is left out.
 *
 * @param uid  Of this process; undefined where the system knows none. Pure.
 */
export function launchOptions(executablePath: string, uid: number | undefined): LaunchOptions {
  return {
    executablePath,
    headless: true,
    chromiumSandbox: uid !== 0,
    args: [...NO_NETWORK, ...QUIET, ...SMALL],
    // Signals are the application's.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    timeout: START_MS_MAX,
  };
}
