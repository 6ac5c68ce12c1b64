import type { PageState } from '../world.js';
import { renderArticle } from './render-article.js';
import type { PageFrame } from './render-article.js';
import { renderOldArticle } from './render-old-article.js';

export type PageVariant = 'page' | 'amp' | 'print';

/** @returns the whole page in the markup that its form and variant ask for. */
export function renderPage(state: PageState, frame: PageFrame, _variant: PageVariant): string {
  return state.content.form === 'old' ? renderOldArticle(state) : renderArticle(state, frame);
}
