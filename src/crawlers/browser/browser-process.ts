import { chromium, type Browser, type BrowserServer, type LaunchOptions } from 'playwright';
import { groupBytes } from '../../platform/group-bytes.js';
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
const SMALL = ['--js-flags=--max-old-space-size=256'];
const START_MS_MAX = 30_000;
/**
 * Most resident memory of the browser's processes together, in bytes, what they share counted for each: at rest they have 450 MB. What else a
 * page can fill (buffers, elements) no flag bounds.
 */
const MEMORY_BYTES_MAX = 900_000_000;
const MEMORY_LOOK_MS = 500;

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
  /** Whoever reads a page meanwhile finds the browser gone: the page goes without. */
  const endIfLarge = async (group: number): Promise<void> => {
    if ((await groupBytes(group)) > MEMORY_BYTES_MAX) await kill();
  };
  try {
    const options = { ...launchOptions(executablePath, uid), host: '127.0.0.1', artifactsDir: folder.path };
    server = await chromium.launchServer(options);
    const { pid } = server.process();
    if (pid !== undefined) watch = setInterval(() => void endIfLarge(pid).catch(() => null), MEMORY_LOOK_MS).unref();
    await folder.note(server.process().spawnargs);
    const browser = await chromium.connect(server.wsEndpoint(), { timeout: START_MS_MAX });
    return { browser, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}
