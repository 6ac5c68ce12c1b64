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
  const process = await startBrowser(executablePath, uid);
  try {
    const draw = async (): Promise<Buffer> => {
      const context = await process.browser.newContext({
        viewport: { ...size },
        javaScriptEnabled: false,
        offline: true,
      });
      const page = await context.newPage();
      await page.setContent(`<!doctype html><style>body{margin:0}svg{display:block}</style>${svg}`);
      return page.screenshot({ type: 'png' });
    };
    return await withDeadline(draw(), RENDER_MS_MAX, 'drawing a picture');
  } finally {
    await process.kill();
  }
}
