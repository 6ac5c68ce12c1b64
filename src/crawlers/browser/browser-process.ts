import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { forkProgram, tellChild, killGroup } from '../../platform/child-program.js';
import { withDeadline } from '../../platform/closers.js';
import { makeBrowserFolder, type BrowserFolder } from './browser-folder.js';
import type { DrawingTask, DriverMessage, DriverTask, LoadedPart, PageTask, ShownPage } from './driver-messages.js';
import { START_MS_MAX } from './launch-options.js';
import { whenLarge } from './page-memory.js';

/** Answers a request of the page, politely; null: it may not be asked, or brought nothing. */
export type LoadPart = (url: string, cookie: string | null, isDocument: boolean) => Promise<LoadedPart | null>;

/** Heap of the driver, in MB: it has 20 when it does nothing, and what pages say passes through it. */
const DRIVER_FLAGS = ['--max-old-space-size=64', '--max-semi-space-size=1'];

/** A running browser, with the process that drives it, that can be ended whatever state they are in. */
export class BrowserProcess {
  readonly #driver: ChildProcess;
  readonly #folder: BrowserFolder;
  readonly #ended: Promise<void>;
  #browserPid: number | null = null;
  #watch: NodeJS.Timeout | undefined;
  #task: { resolve(result: unknown): void; reject(error: Error): void; load: LoadPart } | null = null;

  constructor(driver: ChildProcess, folder: BrowserFolder) {
    this.#driver = driver;
    this.#folder = folder;
    this.#ended = new Promise((resolve) => {
      const end = (why: string): void => {
        this.#task?.reject(new Error(`the browser ended: ${why}`));
        this.#task = null;
        resolve();
      };
      driver.once('exit', (code, signal) => {
        this.#killBrowser();
        end(signal ?? `exit code ${code}`);
      });
      driver.on('error', (error) => {
        end(error.message);
      });
    });
    driver.on('message', (message: DriverMessage) => {
      this.#hear(message).catch((error: unknown) => this.#task?.reject(error as Error));
    });
  }

  get isRunning(): boolean {
    return this.#driver.connected && this.#driver.exitCode === null && this.#driver.signalCode === null;
  }

  async start(executablePath: string): Promise<void> {
    // The driver works in another folder.
    const paths = { executablePath: resolve(executablePath), artifactsDir: resolve(this.#folder.path) };
    const starting = this.#perform({ kind: 'start', ...paths });
    await withDeadline(starting, START_MS_MAX, 'starting the browser');
    const { pid: driver } = this.#driver;
    // If the browser is ended while a page is read in it, that reading fails and the page is handled without a browser.
    if (driver !== undefined) {
      this.#watch = whenLarge(driver, process.pid, () => void this.kill().catch(() => null));
    }
  }

  /**
   * @returns the page after its scripts ran, or null if its document could not be fetched or grew too long. @throws
   * when the browser ends.
   */
  read(page: PageTask, load: LoadPart): Promise<ShownPage | null> {
    return this.#perform({ kind: 'read', ...page }, load) as Promise<ShownPage | null>;
  }

  /** @returns the drawing as PNG. */
  async draw(drawing: DrawingTask): Promise<Buffer> {
    return Buffer.from((await this.#perform({ kind: 'draw', ...drawing })) as Uint8Array);
  }

  /** Ends browser and driver at once; safe to repeat. */
  async kill(): Promise<void> {
    clearInterval(this.#watch);
    if (this.#driver.pid !== undefined && this.#driver.exitCode === null && this.#driver.signalCode === null) {
      this.#killBrowser();
      this.#driver.kill('SIGKILL');
    }
    await this.#ended;
    await this.#folder.remove();
  }

  /** Its whole group: a process of it that stands still would not see that the others are gone. Once, since the number may be another's later. */
  #killBrowser(): void {
    if (this.#browserPid !== null) killGroup(this.#browserPid);
    this.#browserPid = null;
  }

  #perform(task: DriverTask, load: LoadPart = () => Promise.resolve(null)): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.isRunning) {
        reject(new Error('the browser has ended'));
        return;
      }
      this.#task = { resolve, reject, load };
      tellChild(this.#driver, task);
    });
  }

  async #hear(message: DriverMessage): Promise<void> {
    if (message.kind === 'launched') {
      this.#browserPid = message.pid;
      await this.#folder.note(message.args);
    } else if (message.kind === 'load') {
      const { id, url, cookie, isDocument } = message;
      const part = await this.#task?.load(url, cookie, isDocument).catch(() => null);
      tellChild(this.#driver, { kind: 'loaded', id, part: part ?? null });
    } else {
      const task = this.#task;
      this.#task = null;
      if (message.kind === 'done') task?.resolve(message.result);
      else task?.reject(new Error(message.reason));
    }
  }
}

/**
 * Starts a headless Chromium that has no network and is driven by a separate process.
 *
 * @throws The reason why it did not start within 30 s.
 */
export async function startBrowser(executablePath: string): Promise<BrowserProcess> {
  const folder = await makeBrowserFolder();
  const browser = new BrowserProcess(forkProgram('browser-driver', DRIVER_FLAGS), folder);
  try {
    await browser.start(executablePath);
    return browser;
  } catch (error) {
    await browser.kill();
    throw error;
  }
}

const RENDER_MS_MAX = 20_000;

/**
 * Renders a drawing of ours as PNG in a browser of its own, which has no network and runs no scripts.
 *
 * @throws Whatever kept the browser from it, within 50 s.
 */
export async function renderSvg(drawing: DrawingTask, executablePath: string): Promise<Buffer> {
  const browser = await startBrowser(executablePath);
  try {
    return await withDeadline(browser.draw(drawing), RENDER_MS_MAX, 'drawing a picture');
  } finally {
    await browser.kill();
  }
}
