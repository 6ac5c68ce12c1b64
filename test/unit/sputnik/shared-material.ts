import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const beside = fileURLToPath(new URL('../../../../shared', import.meta.url));
const pages = join(process.env['SPUTNIK_SHARED'] ?? beside, 'site', 'pages');

/** Real pages lie beside the checkout, or where SPUTNIK_SHARED says; they are not part of it. */
export const hasSharedPages = existsSync(pages);
if (!hasSharedPages) console.warn(`SKIPPED: no real pages at ${pages}; set SPUTNIK_SHARED to test against them`);

export function sharedPage(name: string): string {
  return readFileSync(join(pages, name), 'utf8');
}
