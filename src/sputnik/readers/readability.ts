import type { PageReading } from '../page-reading.js';
import type { ParsedPage } from './page-view.js';

export function readWithReadability(_html: string, _page: ParsedPage): PageReading | null {
  return null;
}
