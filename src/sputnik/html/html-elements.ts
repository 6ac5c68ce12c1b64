/** What the HTML standard says of element names, as far as a reader of articles needs it. */

/** Never have content. */
export const VOID_ELEMENTS: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr'.split(' '),
);

/** Stand on lines of their own: text before and after them belongs to different paragraphs. */
export const BLOCK_ELEMENTS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer ' +
    'form h1 h2 h3 h4 h5 h6 head header hgroup hr html li main menu nav ol option p pre search section summary table ' +
    'tbody td template tfoot th thead title tr ul'
  ).split(' '),
);

/** Opening one of these ends an open paragraph. */
export const PARAGRAPH_CLOSERS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 ' +
    'header hgroup hr main menu nav ol p pre search section summary table ul'
  ).split(' '),
);

/** End tags and implied ends do not reach beyond these. */
export const SCOPE_ELEMENTS: ReadonlySet<string> = new Set(
  'html table td th caption template object marquee button'.split(' '),
);

/** Hold nothing that is read as text. */
export const SILENT_ELEMENTS: ReadonlySet<string> = new Set(
  (
    'script style noscript template iframe svg math object embed video audio picture canvas map form button select ' +
    'textarea input nav title head'
  ).split(' '),
);
