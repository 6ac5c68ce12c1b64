import type { EmailPicture } from '../../notify/delivery/send-email.js';
import type { Notice } from '../../notify/notices/notice.js';
import { drawEditPicture, PICTURE_WIDTH } from '../../notify/picture/draw-edit-picture.js';
import { findInstalledBrowser } from '../../crawlers/browser/find-browser.js';
import type { Runtime } from '../harvester/runtime.js';

/** Pictures kept as PNG: some 100 kB each. */
const KEPT_MAX = 50;

/** Renders drawings, one at a time, a browser for each that is not kept. @returns null where the machine has no browser, or it failed. */
type RenderPicture = (notice: Notice) => Promise<Buffer | null>;

export function createPictureRenderer(runtime: Pick<Runtime, 'config' | 'environment' | 'log'>): RenderPicture {
  const kept = new Map<string, Buffer>();
  let turn: Promise<unknown> = Promise.resolve();
  const render = async (notice: Notice): Promise<Buffer | null> => {
    const { svg, height } = drawEditPicture(notice);
    const known = kept.get(svg);
    if (known !== undefined) return known;
    const browser = await findInstalledBrowser(runtime.config, runtime.environment);
    if (browser === null) return null;
    try {
      // Loaded late: it takes half a second.
      const { renderSvg } = await import('../../crawlers/browser/browser-process.js');
      const png = await renderSvg({ svg, size: { width: PICTURE_WIDTH, height } }, browser);
      kept.set(svg, png);
      if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value ?? '');
      return png;
    } catch (error) {
      runtime.log.warn({ event: 'browser.failed', err: error }, 'a picture could not be rendered; it goes as SVG');
      return null;
    }
  };
  return (notice) => {
    const rendered = turn.then(() => render(notice));
    turn = rendered;
    return rendered;
  };
}

/** @returns what draws an edit for an e-mail: as PNG where there is a browser, else as SVG. */
export function createPictureDrawer(
  runtime: Pick<Runtime, 'config' | 'environment' | 'log'>,
): (notice: Notice) => Promise<EmailPicture> {
  const render = createPictureRenderer(runtime);
  return async (notice) => {
    const png = await render(notice);
    if (png !== null) return { filename: 'edit.png', content: png, contentType: 'image/png' };
    const { svg } = drawEditPicture(notice);
    return { filename: 'edit.svg', content: Buffer.from(svg), contentType: 'image/svg+xml' };
  };
}
