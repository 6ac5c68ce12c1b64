/** Tokens, then the page, its pieces, charts, and what the width of the window changes. */
const TOKENS = `
:root { color-scheme: light dark;
  --paper: #fbfaf7; --raised: #ffffff; --sunk: #f1efe9; --text: #1d1e22; --soft: #575b64; --line: #dcd9d0; --link: #0a4f96;
  --good: #1d6b3c; --warn: #8a5300; --bad: #a8201f; --good-paper: #e2f2e6; --warn-paper: #fbeed5; --bad-paper: #fbe3e1;
  --good-line: #a3cdb0; --plus: #d5f0db; --minus: #fadcda; --mark: #fdeba6;
  --s0: #1f5fa8; --s1: #c2571a; --s2: #2b8256; --s3: #8450a8; --s4: #8f6d00; --s5: #b03a6e; --s6: #6b6f78;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  --read: Charter, "Bitstream Charter", "Iowan Old Style", "Noto Serif", Cambria, Georgia, "DejaVu Serif", serif; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #15171b; --raised: #1c1f24; --sunk: #22262c; --text: #e7e5df; --soft: #a7abb4; --line: #363b43; --link: #8fbcf3;
  --good: #7fd19b; --warn: #eebb66; --bad: #ff9d97; --good-paper: #173022; --warn-paper: #3a2c12; --bad-paper: #421d1d;
  --good-line: #2f5c43; --plus: #17402a; --minus: #522022; --mark: #4d4008;
  --s0: #74a9ea; --s1: #ef9a5e; --s2: #6cc497; --s3: #c39ae4; --s4: #d9b84a; --s5: #ee8db4; --s6: #a4a8b1; } }
`;

/** Each script in letters that its readers know; what a machine lacks is left to its own choice. */
const SCRIPTS = `
:lang(zh-Hant) { --read: "Noto Serif CJK TC", "Noto Serif TC", "Songti TC", "Noto Sans CJK TC", "PingFang TC", "Microsoft JhengHei", "Droid Sans Fallback", serif; }
:lang(zh-Hans), :lang(zh-CN) { --read: "Noto Serif CJK SC", "Noto Serif SC", "Songti SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "Droid Sans Fallback", serif; }
:lang(ja) { --read: "Noto Serif CJK JP", "Noto Serif JP", "Hiragino Mincho ProN", "Yu Mincho", "Droid Sans Fallback", serif; }
:lang(hy) { --read: "Noto Serif Armenian", Mshtakan, "Noto Sans Armenian", Sylfaen, "DejaVu Serif", serif; }
:lang(ka) { --read: "Noto Serif Georgian", "Noto Sans Georgian", Sylfaen, "DejaVu Serif", serif; }
:lang(ar) { --read: "Noto Naskh Arabic", "Geeza Pro", "Noto Sans Arabic", "Segoe UI", "DejaVu Sans", serif; }
:lang(fa) { --read: "Noto Naskh Arabic", "Geeza Pro", Vazirmatn, "Segoe UI", "DejaVu Sans", serif; }
:lang(zh), :lang(ja), :lang(ar), :lang(fa) { line-height: 1.8; }
body [lang] { font-family: var(--read); }
`;

const PAGE = `
* { box-sizing: border-box; }
html { font: 100%/1.55 var(--sans); background: var(--paper); color: var(--text); font-family: var(--sans); scroll-padding-block-start: 1rem; }
body { margin: 0 auto; padding: 0 clamp(.9rem, 3vw, 2rem) 4rem; max-width: 82rem; overflow-wrap: break-word; }
main:focus { outline: none; }
a { color: var(--link); text-underline-offset: .18em; text-decoration-thickness: .06em; }
:focus-visible, input:focus-within { outline: 3px solid var(--link); outline-offset: 2px; border-radius: .15rem; }
.skip { position: absolute; inset-block-start: -10rem; padding: .5rem 1rem; background: var(--raised); z-index: 1; } .skip:focus { inset-block-start: 0; } .skip.here:focus { position: static; display: inline-block; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.top { display: flex; flex-wrap: wrap; gap: .25rem 2rem; align-items: baseline; padding-block: .9rem .5rem; border-block-end: 1px solid var(--line); }
.brand { margin: 0 auto 0 0; font-weight: 700; letter-spacing: -.01em; } .brand a { color: inherit; text-decoration: none; }
.top ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; list-style: none; margin: 0; padding: 0; }
.top li a { display: inline-block; padding: .35rem 0; color: var(--soft); text-decoration: none; border-block-end: 3px solid transparent; }
.top li a:hover { color: var(--text); } .top a[aria-current] { color: var(--text); font-weight: 600; border-color: var(--link); }
h1, ol.list h2 { overflow-wrap: anywhere; } h1 { font-size: clamp(1.5rem, 1.2rem + 1.4vw, 2.1rem); line-height: 1.25; letter-spacing: -.015em; margin: 1.75rem 0 .75rem; text-wrap: balance; }
h2 { font-size: 1.2rem; line-height: 1.35; margin: 2.5rem 0 .5rem; } h1 + h2 { margin-block-start: 1.25rem; } h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
p { margin: .5rem 0; max-width: 48rem; } .soft, .meta { color: var(--soft); font-size: .9rem; } .meta { overflow-wrap: anywhere; max-width: 56rem; } .switches { margin-block: .75rem 1.5rem; } .none { color: var(--soft); font-style: italic; }
ul.inline { display: flex; flex-wrap: wrap; gap: .3rem .9rem; list-style: none; margin: .5rem 0; padding: 0; }
`;

const PIECES = `
.say { display: flex; gap: .75rem; padding: .8rem 1rem; border-radius: .5rem; border-inline-start: .35rem solid; margin: 1rem 0; background: var(--good-paper); border-color: var(--good); }
.say.warn { background: var(--warn-paper); border-color: var(--warn); } .say.bad { background: var(--bad-paper); border-color: var(--bad); }
.say { overflow-wrap: anywhere; } .say li { max-width: 48rem; } .say > * { min-width: 0; } .say p, .say ul { margin: 0; } .say form { margin-block-start: .6rem; } .say mark { background: none; text-decoration: underline wavy var(--bad); } .say ul { padding-inline-start: 1.1rem; }
.state { display: inline-block; white-space: nowrap; } .state::before { content: "●"; margin-inline-end: .4em; font-size: .8em; color: var(--soft); }
.state.good::before { color: var(--good); } .state.warn, .state.warn::before { color: var(--warn); } .state.bad, .state.bad::before { color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; }
.tiles a, .tiles div { display: block; height: 100%; padding: .7rem .9rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--raised); color: inherit; text-decoration: none; }
.tiles a:hover { border-color: var(--link); } .tiles b { display: block; font-size: 1.45rem; line-height: 1.2; font-variant-numeric: tabular-nums; letter-spacing: -.02em; } .tiles a b { color: var(--link); } .tiles span { font-size: .85rem; color: var(--soft); }
/* A shade at each side beyond which a wide table goes on. */
.scroll { overflow-x: auto; margin: .75rem 0; background: linear-gradient(90deg, var(--paper) 50%, transparent) left / 2rem 100% no-repeat local, linear-gradient(270deg, var(--paper) 50%, transparent) right / 2rem 100% no-repeat local, linear-gradient(90deg, var(--line), transparent) left / 1rem 100% no-repeat, linear-gradient(270deg, var(--line), transparent) right / 1rem 100% no-repeat; }
table { border-collapse: collapse; width: 100%; font-size: .94rem; }
caption { text-align: start; color: var(--soft); padding-block-end: .4rem; } caption span { position: sticky; inset-inline-start: 0; display: inline-block; max-width: calc(100vw - 2 * clamp(.9rem, 3vw, 2rem)); }
.w { min-width: 15rem; } th, td { text-align: start; vertical-align: top; padding: .45rem .75rem .45rem 0; border-block-end: 1px solid var(--line); } thead th { font-size: .82rem; font-weight: 600; color: var(--soft); white-space: nowrap; vertical-align: bottom; }
tbody th { font-weight: 500; } .n + :not(.n) { padding-inline-start: 1.25rem; } .stack :is(td, th):not(.w) { white-space: nowrap; } progress { width: 6rem; vertical-align: middle; accent-color: var(--good); } .n { text-align: end; font-variant-numeric: tabular-nums; } time { white-space: nowrap; }
form.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; align-items: end; margin: 1rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--raised); }
form.fields .wide { grid-column: 1 / -1; margin-block: 0; } form.fields div.wide { display: flex; gap: .5rem; flex-wrap: wrap; align-items: end; } div.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin-block-start: .75rem; } form.fields .wide > label { flex: 1 1 11rem; }
label { display: block; font-size: .85rem; color: var(--soft); } label.tick { display: flex; gap: .4rem; align-items: center; }
input, select, button { font: inherit; color: var(--text); background: var(--paper); border: 1px solid var(--soft); border-radius: .35rem; padding: .42rem .6rem; min-height: 2.6rem; } label > input, label > select { display: block; width: 100%; margin-block-start: .15rem; } label.tick > input { width: auto; min-height: 0; margin: 0; }
button { background: var(--link); border-color: var(--link); color: var(--paper); font-weight: 600; cursor: pointer; padding-inline: 1rem; } .fields > button { justify-self: start; } button.plain { background: transparent; color: var(--link); } td:has(button), .targets { white-space: nowrap; } td button { min-height: 2rem; padding: .15rem .7rem; margin: 0 .35rem .35rem 0; }
ol.list { list-style: none; padding: 0; margin: 1rem 0; } ol.list > li { padding: 1rem 0; border-block-end: 1px solid var(--line); max-width: 56rem; }
ol.list h2, ol.list h3 { margin: 0; font-size: 1.12rem; font-weight: 600; line-height: 1.4; } ol.list h2 a, ol.list h3 a { text-decoration: none; } ol.list h2 a:hover, ol.list h3 a:hover { text-decoration: underline; } ol.list p { margin: .25rem 0 0; max-width: none; overflow-wrap: anywhere; }
.targets a { display: inline-block; min-width: 1.6rem; padding-block: .3rem; margin-block: -.3rem; } .chip { display: inline-block; padding: 0 .5rem; border-radius: 1rem; background: var(--sunk); font-size: .8rem; color: var(--soft); white-space: nowrap; } a.chip { padding-block: .15rem; } .chip.warn { background: var(--warn-paper); color: var(--warn); } .chip.bad { background: var(--bad-paper); color: var(--bad); } .chip.good { background: var(--good-paper); color: var(--good); }
mark { background: var(--mark); color: inherit; border-radius: .15rem; padding-inline: .1em; }
nav.pages { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; margin: 1.5rem 0; } aside { overflow-wrap: anywhere; min-width: 0; } aside .scroll { overflow-wrap: normal; } aside .stack :is(td, th):not(.w) { white-space: normal; } details { margin: .5rem 0; } summary { cursor: pointer; color: var(--link); font-size: .9rem; padding-block: .2rem; }
article.text, .text { font-family: var(--read); font-size: 1.125rem; line-height: 1.7; max-width: 42rem; overflow-wrap: anywhere; } .text:lang(zh), .text:lang(ja), .text:lang(ar), .text:lang(fa) { line-height: 1.9; }
article > h1:is(:lang(ar), :lang(fa)) { max-width: 42rem; } .text p { margin: 0 0 1em; } .text h2 { font-size: 1.2em; margin: 1.5em 0 .4em; } .text .lead { font-weight: 600; } blockquote { margin: 1em 0; padding-inline-start: 1rem; border-inline-start: 3px solid var(--line); color: var(--soft); }
.beside { display: grid; gap: 0 2rem; } .beside > * { min-width: 0; } h2.edition { font: 600 1rem var(--sans); margin: 0; } .beside:has(h2.edition) { margin-block: 1.25rem .5rem; } .pair { border-block-start: 1px solid var(--line); padding-block: .75rem; } .pair .text > :first-child { margin-block-start: 0; } .pair .text > :last-child { margin-block-end: 0; }
ins, del { unicode-bidi: isolate; text-decoration-thickness: .08em; border-radius: .15rem; box-decoration-break: clone; -webkit-box-decoration-break: clone; } ins { background: var(--plus); text-decoration: none; } del + ins { margin-inline-start: .2em; } del { background: var(--minus); }
.change { border: 1px solid var(--line); border-radius: .5rem; background: var(--raised); padding: .6rem .9rem; margin: .6rem 0; max-width: 56rem; } .change { overflow-wrap: anywhere; } .change p { margin: .25rem 0; max-width: none; } .whole > ins, .whole > del { display: block; padding: .25rem .5rem; margin: .25rem 0; }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .3rem 1.25rem; margin: .75rem 0; } dt { color: var(--soft); font-size: .9rem; } dd { margin: 0; overflow-wrap: anywhere; min-width: 0; max-width: 48rem; } code, .code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .88em; overflow-wrap: anywhere; }
`;

const CHARTS = `
.charts { display: grid; gap: 1.5rem 2rem; grid-template-columns: minmax(0, 1fr); } figure { margin: 0; min-width: 0; } figcaption { font-weight: 600; margin-block-end: .15rem; } figure .meta { margin: 0 0 .4rem; }
svg.chart { display: block; width: 100%; height: auto; } .chart text { font: 11px var(--sans); fill: var(--soft); } .chart .grid { stroke: var(--line); stroke-width: 1; fill: none; } .chart .base { stroke: var(--soft); }
.s0 { --ink: var(--s0); } .s1 { --ink: var(--s1); } .s2 { --ink: var(--s2); } .s3 { --ink: var(--s3); } .s4 { --ink: var(--s4); } .s5 { --ink: var(--s5); } .s6 { --ink: var(--s6); }
.fill { fill: var(--ink); } .stroke { stroke: var(--ink); stroke-width: 2; fill: none; stroke-linejoin: round; stroke-linecap: round; } .dash { stroke-dasharray: 5 4; } .dot { fill: var(--ink); } .hit { fill: transparent; } .chart a:is(:hover, :focus-visible) .hit { fill: var(--link); fill-opacity: .14; } .chart a:focus-visible, input:focus-within { outline-offset: 0; }
.key { display: flex; flex-wrap: wrap; gap: .1rem 1rem; list-style: none; margin: .2rem 0 .4rem; padding: 0; font-size: .85rem; color: var(--soft); } .key li { overflow-wrap: anywhere; min-width: 0; } .key li::before { content: ""; display: inline-block; width: .75em; height: .75em; border-radius: .15em; margin-inline-end: .4em; background: var(--ink); }
svg.spark { width: 6.5rem; height: 1.75rem; vertical-align: middle; margin-inline-end: .4rem; } svg.bar { width: 100%; min-width: 2.5rem; height: .8rem; display: block; } .share { display: flex; align-items: center; gap: .6rem; } .share span { flex: none; min-width: 3em; text-align: end; font-variant-numeric: tabular-nums; }
`;

const CALENDAR = `
.months { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0 2rem; } .months h2 { font-size: 1rem; margin: 1.25rem 0 .4rem; }
.weekdays { color: var(--soft); text-align: center; } ol.days, .weekdays { display: grid; grid-template-columns: repeat(7, 1fr); gap: .2rem; list-style: none; margin: 0; padding: 0; font-size: .78rem; font-variant-numeric: tabular-nums; }
.days li > * { display: grid; place-items: center; aspect-ratio: 1; min-height: 1.7rem; border-radius: .25rem; border: 1px solid var(--line); color: var(--text); text-decoration: none; width: 100%; } .days a:hover { border-color: var(--link); border-width: 2px; }
.day-complete > * { background: var(--good-paper); border-color: var(--good-line) !important; } .day-gap > * { background: var(--bad-paper); border: 2px solid var(--bad) !important; font-weight: 700; } .day-unread > * { background: var(--warn-paper); border-style: dashed !important; border-color: var(--warn) !important; } .day-nothing > * { background: transparent; } .days .day-future > * { color: var(--soft); border-color: transparent; }
${[1, 2, 3, 4, 5, 6, 7].map((column) => `.from-${column} { grid-column-start: ${column}; }`).join(' ')}
.days-key .day-complete { --ink: var(--good-paper); } .days-key .day-gap { --ink: var(--bad-paper); } .days-key .day-unread { --ink: var(--warn-paper); } .days-key .day-nothing { --ink: transparent; } .days-key li::before { border: 1px solid var(--soft); } .days-key .day-complete::before { border-color: var(--good-line); } .days-key .day-gap::before { border: 2px solid var(--bad); } .days-key .day-unread::before { border: 1px dashed var(--warn); }
`;

const WIDTHS = `
@media (min-width: 62rem) { details > .fields { grid-template-columns: repeat(5, 1fr); } .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); } .beside { grid-template-columns: repeat(2, minmax(0, 1fr)); } .split { display: grid; grid-template-columns: minmax(0, 42rem) minmax(16rem, 1fr); gap: 0 3.5rem; align-items: start; margin-block-start: 1rem; } .split aside > h2:first-child { margin-block-start: 0; } }
@media (max-width: 61.99rem) { .beside > * + * { border-inline-start: 3px solid var(--s1); padding-inline-start: .75rem; } .beside { row-gap: .75rem; } }
@media (max-width: 45rem) { .scroll :is(td, th):not(.w) { white-space: nowrap; } .scroll:not(.stack) :is(td, th) { padding-inline-end: .5rem; } .state { white-space: normal; max-width: 7.5rem; font-size: .92em; } .scroll:not(.stack) tbody th { position: sticky; inset-inline-start: 0; background: linear-gradient(to right, var(--paper) calc(100% - .5rem), transparent); } }
@media (max-width: 45rem) { .stack :is(table, caption, tbody, tr, th, td) { display: block; } .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.stack tbody tr { padding-block: .7rem; border-block-end: 1px solid var(--line); } .stack tbody .n + :not(.n) { padding-inline-start: 0; } .stack tbody :is(th, td) { border: 0; padding: .08rem 0; min-width: 0; text-align: start; white-space: normal; overflow-wrap: anywhere; }
.stack td:empty { display: none; } .stack td::before { content: attr(data-head) ": "; color: var(--soft); font-size: .82rem; } .stack td:has(button)::before { content: none; } .stack td:has(button) { padding-block-start: .4rem; } }
@media (max-width: 34rem) { .chart text { font-size: 16px; } .fields:not(:has(> .wide)) { grid-template-columns: repeat(2, minmax(0, 1fr)); } .fields > button { grid-column: 1 / -1; } .fields > button { justify-self: stretch; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-block-end: .5rem; } .tiles { grid-template-columns: repeat(2, 1fr); } }
@media print { .top, .skip, form, nav { display: none; } body { max-width: none; padding: 0; } html { background: none; } a { color: inherit; } .split { display: block; } .text { max-width: none; font-size: 11pt; }
.scroll { overflow: visible; background: none; } h1, h2, h3, summary { break-after: avoid; } .change, .pair, figure, tr, blockquote { break-inside: avoid; } ins { text-decoration: underline; } .days li > *, .key li::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
@media (forced-colors: active) { .top li a:not([aria-current]), .days .day-future > * { border-color: Canvas; } .key li::before { forced-color-adjust: none; } ins { text-decoration: underline; } .chip { border: 1px solid; } }
`;

/** The one style sheet: light and dark by what the reader's system says, 360 to 1,920 pixels, either direction of writing, no fonts from elsewhere. */
export const STYLE = TOKENS + SCRIPTS + PAGE + PIECES + CHARTS + CALENDAR + WIDTHS;
