import type { PageState } from '../content/world.js';
import { renderAmpArticle, renderPrintPage } from './render-amp-article.js';
import { renderArticle } from './render-article.js';
import type { PageFrame } from './render-article.js';
import { renderOldArticle } from './render-old-article.js';
import { renderRiaArticle } from './render-ria-article.js';

export type PageVariant = 'page' | 'amp' | 'print';

/** @returns the whole page in the markup that its form and variant ask for. */
export function renderPage(state: PageState, frame: PageFrame, variant: PageVariant): string {
  if (variant === 'amp') return renderAmpArticle(state);
  if (variant === 'print') return renderPrintPage(state);
  if (state.content.form === 'old') return renderOldArticle(state);
  return state.profile.engine === 'ria' ? renderRiaArticle(state, frame) : renderArticle(state, frame);
}
