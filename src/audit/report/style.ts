/** The one style sheet of a report. Everything is in the file: a report asks the network for nothing. */
import { Html } from './html.js';

export const STYLE = new Html(`
:root { color-scheme: light; --ink: #1c2430; --soft: #55606e; --line: #d5dae1; --pale: #eef1f5; --main: #1f5a8c; --second: #b5651d; --good: #17663a; --bad: #a4161a; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 2rem 1.25rem 4rem; color: var(--ink); background: #fff; font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .25rem; }
p, ul, ol { margin: .5rem 0; max-width: 48rem; overflow-wrap: anywhere; }
code, pre { font: .88em/1.45 ui-monospace, "Liberation Mono", Consolas, monospace; overflow-wrap: anywhere; }
pre { background: var(--pale); padding: .75rem 1rem; white-space: pre-wrap; }
.lead { color: var(--soft); margin-top: 0; }
.verdict { border: 2px solid; border-radius: .5rem; padding: .75rem 1rem; margin: 1.25rem 0; font-weight: 600; max-width: 48rem; }
.verdict.good { color: var(--good); background: #edf7f0; }
.verdict.bad { color: var(--bad); background: #fdf0f0; }
.verdict p { font-weight: 400; color: var(--ink); margin-bottom: 0; }
.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .9rem; min-width: 60%; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; max-width: calc(100vw - 2.5rem); }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
thead th { border-bottom: 2px solid var(--soft); }
tbody th { font-weight: 500; }
.holds { color: var(--good); } .fails { color: var(--bad); font-weight: 700; } .other { color: var(--soft); }
.finding { border-left: 4px solid var(--bad); padding: .25rem 0 .25rem .9rem; margin: .9rem 0; }
.finding.warning { border-color: var(--second); }
.finding p { margin: .15rem 0; }
.id { white-space: nowrap; }
.small { font-size: .88rem; color: var(--soft); }
figure { margin: 1rem 0; } figcaption { font-weight: 600; }
svg { max-width: 100%; min-width: 36rem; height: auto; } svg text { font: 12px system-ui, "Liberation Sans", sans-serif; fill: var(--ink); }
.main { fill: var(--main); background: var(--main); } .second { fill: var(--second); background: var(--second); } .pale { fill: #aab6c4; background: #aab6c4; }
.mark { stroke: var(--ink); stroke-width: 2; }
.legend span { margin-right: 1.25rem; } .legend i { display: inline-block; width: .8em; height: .8em; }
nav ol { columns: 2; }
@media (max-width: 40rem) { nav ol { columns: 1; } }
@page { margin: 15mm; }
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  h2 { break-after: avoid; } figure, .finding, tr { break-inside: avoid; }
  .scroll { overflow: visible; } table { font-size: 8.5pt; } nav { display: none; } caption { max-width: none; }
  * { print-color-adjust: exact; }
}
`);
