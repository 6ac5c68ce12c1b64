import { chromium, type Browser, type BrowserServer, type LaunchOptions } from 'playwright';
import { treeBytes } from '../../platform/tree-bytes.js';
import { makeBrowserFolder } from './browser-folder.js';

/** A running browser that can be ended whatever state it is in. */
export interface BrowserProcess {
  readonly browser: Browser;
  /** Ends it at once; safe to repeat. */
  kill(): Promise<void>;
}

/**
 * The browser's own network is a proxy that refuses every connection: nothing reaches the net, loopback included, but
 * through the routes of `read-in-browser`, which ask the network guard.
 */
const NO_NETWORK = ['--proxy-server=http://127.0.0.1:1', '--proxy-bypass-list=<-loopback>', '--disable-quic'];
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
/** Heap of a page's scripts, in MB; a page that wants more is ended by the browser. */
const SMALL = ['--js-flags=--max-old-space-size=128'];
const START_MS_MAX = 30_000;
/**
 * Most resident memory that pages may add to what the browser's processes together have when they are up, in bytes: a page of 15 MB of text adds
 * 75 MB, and 20 MB are of processes of the browser that start late. What else than its heap a page can fill (buffers, elements) no flag bounds. One that fills a gigabyte a second has some 150 MB more before
 * that is seen.
 */
const PAGE_BYTES_MAX = 240_000_000;
const MEMORY_LOOK_MS = 100;

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

/**
 * Starts a headless Chromium without a network of its own.
 *
 * @param executablePath  The browser.
 * @param uid             Of this process; see {@link launchOptions}.
 * @throws                Whatever kept it from starting, within 30 s.
 */
export async function startBrowser(executablePath: string, uid: number | undefined): Promise<BrowserProcess> {
  const folder = await makeBrowserFolder();
  let server: BrowserServer | null = null;
  let watch: NodeJS.Timeout | undefined;
  const kill = async (): Promise<void> => {
    clearInterval(watch);
    const running = server?.process();
    if (running?.exitCode === null && running.signalCode === null) await server?.kill();
    await folder.remove();
  };
  try {
    const options = { ...launchOptions(executablePath, uid), host: '127.0.0.1', artifactsDir: folder.path };
    server = await chromium.launchServer(options);
    const { pid } = server.process();
    await folder.note(server.process().spawnargs);
    const browser = await chromium.connect(server.wsEndpoint(), { timeout: START_MS_MAX });
    if (pid !== undefined) watch = whenLarge(pid, () => void kill().catch(() => null));
    return { browser, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

/** Whoever reads a page in a browser that is ended finds it gone: the page goes without. */
function whenLarge(pid: number, end: () => void): NodeJS.Timeout {
  const bytesMax = treeBytes(pid) + PAGE_BYTES_MAX;
  const look = (): void => {
    if (treeBytes(pid) > bytesMax) end();
  };
  return setInterval(look, MEMORY_LOOK_MS).unref();
}
