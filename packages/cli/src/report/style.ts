import { DARK, LIGHT, variablesOf } from './palette.ts';

/** Of a picture, wherever it is shown. */
export const PLOT_STYLE = `.plot text { white-space: pre; }
.plot .tick-label, .plot .axis-label { fill: var(--soft); }
.plot .grid { stroke: var(--line); stroke-opacity: 1; }
.plot .tick { stroke: var(--muted); }`;

/** The page's style sheet: system fonts, one accent colour, light and dark, paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  ${variablesOf(LIGHT)}
}
@media screen and (prefers-color-scheme: dark) {
  :root { ${variablesOf(DARK)} }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
body > * { max-width: 808px; margin: 0 auto; padding: 0 24px; }
body > header { padding-top: 56px; }
body > footer { padding-top: 40px; padding-bottom: 56px; color: var(--soft); font-size: 14px; }
h1 { font-size: 32px; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; margin: 0 0 20px; overflow-wrap: anywhere; text-wrap: balance; }
h2 { font-size: 21px; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; margin: 64px 0 12px; }
h3 { font-size: 16px; font-weight: 650; margin: 36px 0 4px; }
p { margin: 0 0 14px; max-width: 68ch; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 24px; top: 12px; padding: 8px 14px; background: var(--paper); z-index: 1; }
a { color: var(--accent); text-underline-offset: 3px; text-decoration-thickness: 1px; }
a.alarm { color: var(--alarm); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }
main:focus { outline: none; }
body > nav { margin-top: 28px; }
nav ul { margin: 0; padding: 16px 0 0; border-top: 1px solid var(--line); list-style: none; columns: 3; column-gap: 24px; font-size: 15px; }
nav li { padding: 3px 0; break-inside: avoid; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.eyebrow { color: var(--soft); font-size: 14px; margin: 0 0 6px; }
.lead { font-size: 20px; line-height: 1.45; max-width: 60ch; }
.note, figcaption { color: var(--soft); font-size: 14px; line-height: 1.5; max-width: 76ch; }
.alarm { color: var(--alarm); }
dl { margin: 0; }
.facts { display: grid; grid-template-columns: 112px 1fr; gap: 6px 20px; margin-top: 28px; padding-top: 20px; border-top: 1px solid var(--line); }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.facts dd p { margin: 0; }
.figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 28px 24px; margin-top: 20px; }
.figures.four { grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 28px 20px; }
.figures.four .more { font-size: 13px; }
.figures + .note { margin-top: 16px; }
.figures div { min-width: 0; }
.figures dt { color: var(--soft); font-size: 14px; }
.figures dd { margin: 0; }
.figures .value { font-size: 25px; line-height: 1.3; font-weight: 600; letter-spacing: -0.01em; }
.figures .more { color: var(--soft); font-size: 14px; line-height: 1.4; }
.box { border-left: 3px solid var(--accent); background: var(--wash); padding: 14px 18px; }
.box p:last-child { margin-bottom: 0; }
details.method { margin-top: 28px; font-size: 14px; }
details.method summary { color: var(--accent); cursor: pointer; padding: 4px 0; width: fit-content; }
details.method p, details.method dt { color: var(--soft); }
details.method .facts { grid-template-columns: 1fr 1fr; margin-top: 12px; padding-top: 12px; }
figure { margin: 16px 0 0; }
figcaption { margin-top: 6px; }
.plot { display: block; max-width: 100%; height: auto; overflow: visible; --plot-background: var(--paper); }
${PLOT_STYLE}
.narrow { display: none; }
.scroll { overflow-x: auto; margin-top: 12px; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: 14px; line-height: 1.4; }
caption { text-align: left; color: var(--soft); padding-bottom: 8px; }
caption span { position: sticky; left: 0; display: inline-block; max-width: min(76ch, calc(100vw - 40px)); }
th, td { padding: 6px 0 6px 16px; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: 400; }
td small { display: block; font-size: 12px; color: var(--soft); }
.scroll + .note { margin-top: 8px; }
thead th { color: var(--soft); border-bottom-color: var(--muted); }
tbody th, thead th:first-child { text-align: left; padding-left: 0; }
td.text, th.text { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 11em; }
table.metrics { font-size: 13px; }
table.compared { font-size: 13px; }
table.compared th, table.compared td { padding-left: 11px; }
table.compared th:first-child { padding-left: 0; }
table.metrics th:first-child, table.compared th:first-child { position: sticky; left: 0; background: var(--paper); }
table.sum tbody tr:last-child > * { border-top: 1px solid var(--muted); font-weight: 600; }
table.fit { width: auto; }
table.fit th:first-child { min-width: 150px; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: 13px; font-variant-ligatures: none; }
code { overflow-wrap: anywhere; }
pre { margin: 8px 0 0; padding: 14px 16px; background: var(--wash); border-radius: 6px; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; }
pre + .note { margin-top: 18px; }
@media screen and (min-width: 900px) {
  #metrics .scroll { --wide: min(1180px, calc(100vw - 80px)); width: var(--wide); margin-left: calc((100% - var(--wide)) / 2); }
}
@media (max-width: 640px) {
  th, td { padding-left: 12px; }
  tbody th { white-space: normal; overflow-wrap: anywhere; min-width: 104px; }
  body > * { padding-left: 20px; padding-right: 20px; }
  body > header { padding-top: 32px; }
  h1 { font-size: 26px; }
  h2 { margin-top: 52px; }
  .lead { font-size: 18px; }
  .facts, details.method .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 10px; }
  .figures, .figures.four { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 22px 18px; }
  .figures .value { font-size: 21px; }
  nav ul { columns: 2; column-gap: 18px; }
  nav li { padding: 5px 0; }
  .wide { display: none; }
  .narrow { display: block; }
}
@media (max-width: 640px) and (min-width: 391px) { .narrow .plot { width: 100%; } }
@media print {
  @page { margin: 16mm 14mm; }
  body { font-size: 10.5pt; }
  body > * { max-width: none; padding: 0; }
  body > header { padding-top: 0; }
  .skip { display: none; }
  h2 { margin-top: 28pt; break-after: avoid; }
  h3 { break-after: avoid; }
  figure, tr, .figures div, .episode { break-inside: avoid; }
  .wide { display: block; } .narrow { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .scroll { overflow: visible; }
  table { font-size: 8.5pt; } table.metrics { font-size: 6.8pt; } table.metrics th, table.metrics td { padding-left: 5pt; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;
