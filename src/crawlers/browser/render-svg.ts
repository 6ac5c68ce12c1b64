import { withDeadline } from '../../platform/closers.js';
import { startBrowser } from './browser-process.js';

const RENDER_MS_MAX = 20_000;

/**
 * Renders a drawing of ours as PNG in a browser that has no network and runs no scripts; it is started for this one and ended.
 *
 * @param size            Of the drawing, in pixels.
 * @param executablePath  The browser.
 * @param uid             Of this process.
 * @throws                Whatever kept the browser from it, within 50 s.
 */
export async function renderSvg(
  svg: string,
  size: { readonly width: number; readonly height: number },
  executablePath: string,
  uid: number | undefined,
): Promise<Buffer> {
  const browser = await startBrowser(executablePath, uid);
  try {
    return await withDeadline(browser.draw({ svg, size }), RENDER_MS_MAX, 'drawing a picture');
  } finally {
    await browser.kill();
  }
}
