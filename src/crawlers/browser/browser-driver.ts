import { chromium, type Browser, type BrowserServer } from 'playwright';
import { tellParent, killGroup } from '../../platform/child-program.js';
import type { DriverMessage, DriverTask, LoadedPart, DrawingTask } from './driver-messages.js';
import { launchOptions, START_MS_MAX } from './launch-options.js';
import { whenLarge } from './page-memory.js';
import { readInBrowser } from './read-in-browser.js';

/*
 * The process that drives the browser, and nothing else: what a page makes it do (hold a message of a gigabyte, listen to a million of them,
 * throw where nobody catches) costs this process, which is ended, and never the one that started it. One task at a time.
 */

let server: BrowserServer | null = null;
let browser: Browser | null = null;
let asked = 0;
const waiting = new Map<number, (part: LoadedPart | null) => void>();

function tell(message: DriverMessage): void {
  tellParent(message);
}

/** Has our process ask for a part of the page, which looks whether it may. */
function load(url: string, cookie: string | null, isDocument: boolean): Promise<LoadedPart | null> {
  asked += 1;
  const id = asked;
  tell({ kind: 'load', id, url, cookie, isDocument });
  return new Promise((resolve) => waiting.set(id, resolve));
}

async function start({ executablePath, artifactsDir }: DriverTask & { kind: 'start' }): Promise<void> {
  const options = { ...launchOptions(executablePath, process.getuid?.()), host: '127.0.0.1', artifactsDir };
  server = await chromium.launchServer(options);
  const { pid, spawnargs } = server.process();
  tell({ kind: 'launched', pid: pid ?? null, args: spawnargs });
  browser = await chromium.connect(server.wsEndpoint(), { timeout: START_MS_MAX });
  // A browser that is gone reads no more, whatever is still under way with it.
  browser.on('disconnected', () => process.exit(1));
  whenLarge(process.pid, process.ppid, () => {
    end(1);
  });
}

/** With the whole group of the browser: a process of it that stands still would not see that the others are gone. */
function end(code: number): void {
  const pid = server?.process().pid;
  if (pid !== undefined) killGroup(pid);
  process.exit(code);
}

async function perform(task: DriverTask): Promise<unknown> {
  if (task.kind === 'start') return start(task);
  if (browser === null) throw new Error('no browser runs');
  return task.kind === 'read' ? readInBrowser(browser, task, load) : drawSvg(browser, task);
}

process.on('message', (message: DriverTask | { kind: 'loaded'; id: number; part: LoadedPart | null }) => {
  if (message.kind === 'loaded') {
    waiting.get(message.id)?.(message.part);
    waiting.delete(message.id);
    return;
  }
  perform(message).then(
    (result) => {
      tell({ kind: 'done', result });
    },
    (error: unknown) => {
      tell({ kind: 'failed', reason: String(error) });
    },
  );
});

// The process that started this one has ended, for whatever reason.
process.on('disconnect', () => {
  end(0);
});

/** Renders a drawing of ours as PNG; it runs no scripts. */
async function drawSvg(browser: Browser, { svg, size }: DrawingTask): Promise<Buffer> {
  const context = await browser.newContext({ viewport: { ...size }, javaScriptEnabled: false, offline: true });
  const page = await context.newPage();
  await page.setContent(`<!doctype html><style>body{margin:0}svg{display:block}</style>${svg}`);
  return page.screenshot({ type: 'png' });
}
