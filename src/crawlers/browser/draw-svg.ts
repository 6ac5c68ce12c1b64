import type { Browser } from 'playwright';
import type { DrawingTask } from './driver-messages.js';

/** Renders a drawing of ours as PNG; it runs no scripts. */
export async function drawSvg(browser: Browser, { svg, size }: DrawingTask): Promise<Buffer> {
  const context = await browser.newContext({ viewport: { ...size }, javaScriptEnabled: false, offline: true });
  const page = await context.newPage();
  await page.setContent(`<!doctype html><style>body{margin:0}svg{display:block}</style>${svg}`);
  return page.screenshot({ type: 'png' });
}
