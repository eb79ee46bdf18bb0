/**
 * How the page looks: a printed research note with system fonts, light and dark by the reader's
 * preference, one column on a phone, and paper colours in print. Nothing is fetched.
 */

const PAPER = `color-scheme: light;
--paper: #fdfcf9; --panel: #f5f2eb; --ink: #1b1b19; --soft: #5c5952; --rule: #dcd7cb;
--accent: #1d4f7c; --second: #96590b; --gain: #2b6b48; --loss: #9d2f24; --warn: #7a4e00;
--band: #e9e4d8; --shade: 9%; --stress: #b0461e; --halt: #5b3b8c;`;

const NIGHT = `color-scheme: dark;
--paper: #141619; --panel: #1c1f23; --ink: #e9e6df; --soft: #a8a59d; --rule: #363a40;
--accent: #8dbbe8; --second: #e0b066; --gain: #84c9a1; --loss: #f0958a; --warn: #e8c277;
--band: #24282d; --shade: 10%; --stress: #e98a5c; --halt: #b79be8;`;

const PAGE = `*, ::before, ::after { box-sizing: border-box; }
html { scroll-padding-top: 6.5rem; background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 64rem; padding: 2.5rem 1.5rem 4rem;
  font: 1rem/1.55 "Iowan Old Style", Charter, "Palatino Linotype", Palatino, Georgia, "Liberation Serif", serif;
  overflow-wrap: break-word; }
h1, h2, h3 { font-weight: 600; line-height: 1.2; text-wrap: balance; }
h1 { font-size: clamp(1.9rem, 1.3rem + 2.6vw, 2.9rem); letter-spacing: -0.015em; margin: 0.35rem 0 0.9rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 0 0 0.6rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 0.4rem; }
p { margin: 0 0 0.8rem; max-width: 44rem; }
main section { border-top: 1px solid var(--ink); margin-top: 2.75rem; padding-top: 0.9rem; }
a { color: var(--accent); }
code, .hash { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.86em; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }
.caption, figcaption, .sum, .notes, footer { color: var(--soft); font-size: 0.9rem; }
.caption { margin-bottom: 0.9rem; }
.number, dd, td, .sum, .tick, .annotation { font-variant-numeric: tabular-nums lining-nums; }
.number { font-weight: 600; }
.number, time { white-space: nowrap; }
.kicker, .badge, table, .contents, .skip, .weight, .tiles, .readout, .provenance dt, summary, .key { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
footer { border-top: 1px solid var(--rule); margin-top: 3rem; padding-top: 0.8rem; }`;

const TITLE = `.skip { position: absolute; left: -100vw; top: 0; padding: 0.5rem 0.9rem; background: var(--ink); color: var(--paper); z-index: 3; } .skip:focus { left: 0.5rem; top: 0.5rem; }
.contents { margin-top: 1.6rem; } .contents ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; list-style: none; margin: 0; padding: 0.5rem 0; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule); font-size: 0.85rem; }
.contents a { text-decoration: none; } .contents a:hover { text-decoration: underline; }
.kicker { display: flex; justify-content: space-between; gap: 1rem; max-width: none; margin: 0;
  border-top: 3px solid var(--ink); padding-top: 0.6rem; color: var(--soft); font-size: 0.8rem; letter-spacing: 0.08em; text-transform: uppercase; }
.kicker span:first-child { color: var(--ink); font-weight: 700; }
.status { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.6rem; max-width: none; }
.badge { border: 1.5px solid; border-radius: 3px; padding: 0.1rem 0.5rem; font-size: 0.78rem; font-weight: 700; letter-spacing: 0.05em; }
.good { color: var(--gain); } .badge.warn { color: var(--warn); } .bad { color: var(--loss); }
.badge.mark { background: var(--warn); border-color: var(--warn); color: var(--paper); }
.summary { font-size: 1.15rem; margin: 1.1rem 0 0; max-width: 54rem; text-wrap: pretty; }
.notice { border-left: 4px solid var(--rule); background: var(--panel); color: var(--ink); padding: 0.6rem 0.9rem; margin: 0.7rem 0; max-width: none; font-size: 0.95rem; }
.notice.mark, .notice.warn { border-color: var(--warn); } .notice.bad { border-color: var(--loss); }
.notice.mark strong, .notice.warn h2 { color: var(--warn); } .notice.bad strong { color: var(--loss); }
.folded { display: flex; flex-wrap: wrap; gap: 0 0.7rem; } .folded > * { flex: 1 1 20rem; min-width: 0; padding-top: 0.35rem; padding-bottom: 0.35rem; }
.notice h2, .notice summary { font-size: 0.95rem; margin: 0; } .notice summary { color: var(--warn); font-weight: 600; }
.notice ul, ul.notice { margin-bottom: 0; padding-left: 1.3rem; } .notice ul { margin-top: 0.2rem; } ul.notice { padding-left: 2rem; }`;

const FIGURES = `.tiles { display: grid; grid-template-columns: repeat(4, 1fr); margin: 0 0 1rem; }
.tiles > div { border-bottom: 1px solid var(--rule); padding: 0.65rem 0.75rem 0.6rem 0; }
.tiles dt { color: var(--soft); font-size: 0.82rem; } .tiles small { font-size: 0.9em; opacity: 0.9; }
.tiles dd { margin: 0.1rem 0 0; font-size: 1.15rem; white-space: nowrap; }
.tiles > div:nth-child(-n+4) dd { font-size: 1.65rem; font-weight: 600; letter-spacing: -0.02em; }
.tiles dd.loss { color: var(--loss); }
sup { font-size: 0.6em; line-height: 0; font-weight: 400; } sup a { padding: 0 0.25em; }
.notes { padding-left: 1.3rem; margin: 0.2rem 0 0.8rem; }
figure { margin: 1.4rem 0 0; } figcaption { margin-bottom: 0.3rem; } figcaption b { color: var(--ink); }
.key::before { content: ""; display: inline-block; width: 1.4em; margin: 0 0.35em 0.25em 0; border-top: 2px solid var(--accent); }
.key { margin-left: 0.6em; font-size: 0.85rem; white-space: nowrap; }
.key.gross::before { height: 0.7em; margin-bottom: -0.05em; border-color: var(--second); background: color-mix(in srgb, var(--second) 25%, var(--paper)); }
.key.held::before { height: 0.7em; margin-bottom: -0.05em; border-color: var(--second); background: color-mix(in srgb, var(--second) 25%, var(--paper)); }
.key.targeted::before { border-top: 2px dashed var(--soft); } .key.target::before { border-top: 2px dashed var(--ink); }
.key.swatch::before { width: 0.8em; border: 0; height: 0.9em; margin-bottom: -0.1em; background: var(--stress); }
.key.elevated::before { opacity: 0.55; height: 0.3em; margin-bottom: 0; } .key.stress::before { opacity: 0.75; height: 0.6em; margin-bottom: 0; } .key.unknown::before { background: var(--soft); opacity: 0.45; }
.key.halt::before, .key.panic::before, .key.rampup::before { background: var(--halt); opacity: 0.6; } .key.panic::before { opacity: 1; } .key.rampup::before { opacity: 0.3; }
.narrow { display: none; }
.chart { display: block; width: 100%; height: auto; overflow: visible; touch-action: pan-y; font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
.chart .tick { fill: var(--soft); } .chart .grid-y, .chart .grid-x { stroke: var(--rule); } .chart .grid-x { stroke-opacity: 0.45; }
.chart .warm-up { fill: var(--band); fill-opacity: 0.8; }
.chart .equity { stroke: var(--accent); } .chart .zero { stroke: var(--soft); }
.chart .drawdown-line { fill: var(--loss); fill-opacity: 0.18; stroke: var(--loss); stroke-width: 1; }
.chart .gross-line, .chart .held-line { fill: var(--second); fill-opacity: 0.14; stroke: var(--second); stroke-width: 1; } .chart .net-line { stroke: var(--accent); stroke-width: 1; }
.chart .ruin { stroke: var(--loss); stroke-width: 2; stroke-dasharray: 5 3; } .chart .deepest { fill: var(--paper); stroke: var(--loss); }
.chart .regime { fill: var(--stress); fill-opacity: 0.07; } .chart .regime.stress { fill-opacity: 0.16; } .chart .regime.crisis { fill-opacity: 0.28; }
.chart .regime.unknown { fill: var(--soft); fill-opacity: 0.05; }
.chart .lane { fill: var(--stress); fill-opacity: 0.55; } .chart .lane.stress { fill-opacity: 0.75; } .chart .lane.crisis { fill-opacity: 1; } .chart .lane.unknown { fill: var(--soft); fill-opacity: 0.35; }
.chart .asked-line { stroke: var(--accent); stroke-width: 1.5; } .chart .targeted-line { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 2; }
.chart .volatility-line { stroke: var(--accent); } .chart .target { stroke: var(--ink); stroke-width: 1.25; stroke-dasharray: 6 3; }
.chart .scalar-line { stroke: var(--stress); } .chart .breaker { fill: var(--halt); fill-opacity: 0.55; } .chart .breaker.panic { fill-opacity: 0.9; } .chart .breaker.rampup { fill-opacity: 0.22; }
.chart .annotation { fill: var(--ink); stroke: var(--paper); stroke-width: 3; paint-order: stroke; stroke-linejoin: round; }
.chart .hair { stroke: var(--ink); stroke-width: 1; stroke-opacity: 0.55; pointer-events: none; }
.readout { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.3rem 1.5rem; background: var(--paper); border-bottom: 1px solid var(--rule); padding: 0.45rem 0; font-size: 0.85rem; }
.readout dl { display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; margin: 0; } .readout dt { color: var(--soft); font-size: 0.75rem; } .readout dd { margin: 0; min-width: 4.6rem; }
.readout label { color: var(--soft); font-size: 0.75rem; } .readout input { display: block; width: 14rem; max-width: 100%; margin: 0.2rem 0 0; accent-color: var(--accent); }`;

const TABLES = `.scroll { overflow-x: auto; position: relative; } .pair > div { position: relative; }
.scroll + p, .scroll + .notice { margin-top: 0.8rem; }
table { border-collapse: collapse; font-size: 0.85rem; line-height: 1.35; width: 100%; }
th, td { padding: 0.35rem 0.7rem 0.35rem 0; text-align: right; vertical-align: baseline; border-bottom: 1px solid var(--rule); }
th { font-weight: 500; } thead th { color: var(--soft); border-bottom-color: var(--soft); white-space: nowrap; }
th:first-child, .word { text-align: left; }
th[scope=row] { text-align: left; } tfoot th, tfoot td { border-bottom: 0; border-top: 1px solid var(--soft); font-weight: 600; }
th:last-child, td:last-child { padding-right: 0.2rem; }
.text th, .text td { text-align: left; } .text .right { text-align: right; } .text td { min-width: 8rem; }
td, tbody th { white-space: nowrap; } .text td, .text th { white-space: normal; }
.text tbody th { min-width: 15rem; overflow-wrap: anywhere; }
.text .hash { display: inline-block; min-width: 16rem; vertical-align: top; }
tr.off { color: var(--soft); } tr.inert th, td.no { color: var(--soft); } tr.inert th { color: var(--loss); font-weight: 700; } .yes { color: var(--gain); }
.short { max-width: 34rem; }
.months { min-width: 50rem; } .months td, .months thead th { text-align: right; padding: 0.3rem 0.45rem 0.3rem 0.2rem; }
.months th[scope=row], .months thead th:first-child { position: sticky; left: 0; background: var(--paper); text-align: left; padding-right: 0.6rem; }
.months td { border: 1px solid var(--paper); } .months .total { font-weight: 600; border-left: 0.6rem solid var(--paper); } .before { color: var(--soft); font-style: italic; }
${[0, 1, 2, 3, 4].map((i) => `.g${i} { background: color-mix(in srgb, var(--gain) calc(var(--shade) * ${i + 0.4}), var(--paper)); } .l${i} { background: color-mix(in srgb, var(--loss) calc(var(--shade) * ${i + 0.4}), var(--paper)); }`).join("\n")}
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 0 2.5rem; align-items: start; } .pair > div { min-width: 0; }
.pair + .caption { margin-top: 0.9rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.waterfall th, .waterfall td { border: 0; padding-top: 0.2rem; padding-bottom: 0.2rem; } .waterfall th:first-child { width: 1%; white-space: nowrap; } .waterfall td:nth-child(2) { width: 1%; padding-left: 1rem; }
.waterfall { min-width: 19rem; } .waterfall thead th { border-bottom: 1px solid var(--rule); } .waterfall tfoot th, .waterfall tfoot td { border-top: 1px solid var(--soft); }
.waterfall .steps { padding: 0 0 0 1.2rem; vertical-align: middle; } .waterfall .steps span:not(.unseen) { display: block; height: 0.85rem; background: var(--gain); }
.waterfall .down .steps span { background: var(--loss); } .waterfall .total th, .waterfall .total td { font-weight: 700; } .waterfall .total .steps span { width: 3px !important; margin-right: -3px; background: var(--ink); }
.lints .unit { color: var(--soft); font-size: 0.78rem; white-space: normal; min-width: 6rem; } .lints .evidence { white-space: normal; min-width: 18rem; } .lints td, .lints th { vertical-align: top; } .lints .found th, .lints .found td[data-lint] { color: var(--warn); font-weight: 700; } .lints .clear { color: var(--soft); }
.figures th { white-space: normal; } .figures td { padding-left: 0.8rem; }
.weight { color: var(--soft); font-size: 0.85em; white-space: nowrap; } td.zero { color: var(--soft); } tr.stopped th, tr.stopped td { font-weight: 700; }
.bars { table-layout: auto; } .bars th { width: 1%; white-space: nowrap; } .bars .count { width: 1%; padding-left: 0.6rem; } .bars th, .bars td { border: 0; padding-top: 0.15rem; padding-bottom: 0.15rem; }
.bars .bar { width: 98%; min-width: 4rem; } .bars .bar span:not(.unseen) { display: block; height: 0.95rem; min-width: 0; background: currentColor; }
.bars .whole .bar { color: var(--soft); } .bars .accent .bar { color: var(--accent); } .bars .quiet .bar { color: color-mix(in srgb, var(--soft) 55%, var(--paper)); } .bars .refused .bar { color: var(--second); } .funnel .level-1 th { padding-left: 1rem; } .funnel .level-2 th { padding-left: 2rem; } .funnel .days { color: var(--soft); font-size: 0.78rem; padding-left: 0.8rem; width: 1%; }
.bars thead th { color: var(--soft); border-bottom: 1px solid var(--rule); text-align: right; } .bars thead th:first-child { text-align: left; }
.bars .none { color: var(--soft); } .bars .whole th, .bars .whole .count { font-weight: 700; }
.sum { margin: 0.3rem 0 0; } .sum.bad { color: var(--loss); font-weight: 700; }
summary { cursor: pointer; font-size: 0.9rem; color: var(--accent); padding: 0.2rem 0; } details[open] > summary { margin-bottom: 0.5rem; }
.provenance { margin: 0 0 1rem; } .provenance > div { display: grid; grid-template-columns: 9rem 1fr; gap: 0 1rem; border-bottom: 1px solid var(--rule); padding: 0.35rem 0; }
.provenance dt { color: var(--soft); font-size: 0.85rem; } .provenance dd { margin: 0; font-size: 0.92rem; overflow-wrap: anywhere; min-width: 0; }`;

const PHONE = `@media (max-width: 40rem) {
body { padding: 1.2rem 1rem 3rem; }
.tiles { grid-template-columns: repeat(2, 1fr); } .tiles > div:nth-child(-n+4) dd { font-size: 1.3rem; }
.wide { display: none; } .narrow { display: block; }
.readout dl { display: grid; grid-template-columns: repeat(3, auto); gap: 0.15rem 1.2rem; } .readout label, .readout input { width: 100%; }
.provenance > div { grid-template-columns: 1fr; }
.waterfall th:first-child { white-space: normal; width: 38%; } .waterfall .steps { padding-left: 0.6rem; }
.bars .bar { min-width: 2rem; } .funnel { min-width: 40rem; } .lints .evidence { min-width: 13rem; } .lints th { white-space: normal; }
}`;

const PRINT = `@page { margin: 16mm 15mm; }
@media print {
:root { ${PAPER} --paper: #fff; }
html { font-size: 10.5pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
body { max-width: none; padding: 0; }
main section { margin-top: 1.6rem; }
.wide { display: block; } .narrow, .readout label, .hair { display: none; }
.readout { display: none; } .tiles { break-inside: avoid; } .folded { font-size: 0.72rem; line-height: 1.35; } .folded > * { font-size: 1em; } .folded summary { font-size: 1em !important; }
figure, tr, .tiles > div, .notice, .bars, .waterfall, .months, .figures, .short, .pair > div { break-inside: avoid; } h2, h3, .caption, summary { break-after: avoid; } .sum { break-before: avoid; }
.scroll { overflow: visible; } .months { min-width: 0; font-size: 0.72rem; } .months td, .months thead th { padding-right: 0.25rem; }
.months th[scope=row] { position: static; }
details:not(.long)::details-content { content-visibility: visible; block-size: auto; } .contents, .skip { display: none; }
summary { list-style: none; color: var(--ink); }
.text .hash { min-width: 0; font-size: 0.72em; }
}`;

export const STYLE = `:root { ${PAPER} }
@media (prefers-color-scheme: dark) { :root { ${NIGHT} } }
${[PAGE, TITLE, FIGURES, TABLES, PHONE, PRINT].join("\n")}`;
