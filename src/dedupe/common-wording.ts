import { ConverterBuilder } from 'opencc-js/core';
import * as traditionalToSimplified from 'opencc-js/preset/t2cn';

let convert: ((text: string) => string) | null = null;

/**
 * @param text  A Chinese headline in any script, or any other text.
 * @returns     Taiwan's words as the mainland says them (`計程車` → `出租车`), as far as OpenCC's phrases know them. Other text as it is.
 *
 * Pure. Only words in Traditional writing are known. The tables are built when first needed (a tenth of a second).
 */
export function inCommonWording(text: string): string {
  if (!/\p{Script=Han}/u.test(text)) return text;
  convert ??= ConverterBuilder(traditionalToSimplified)({ from: 'twp', to: 'cn' });
  return convert(text);
}
