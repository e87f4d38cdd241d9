/** The page's style sheet: system fonts, one accent colour, light and dark, paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1c1f23; --soft: #5b626b; --muted: #9aa2ac; --line: #dfe3e8; --wash: #f5f7f9; --accent: #1f6f8b; --alarm: #a3341f;
}
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --ink: #e4e7ea; --soft: #a2a9b1; --muted: #727b85; --line: #2d3339; --wash: #1b1f23; --accent: #5fb3cf; --alarm: #ec8b73; }
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
.figures div { min-width: 0; }
.figures dt { color: var(--soft); font-size: 14px; }
.figures dd { margin: 0; }
.figures .value { font-size: 25px; line-height: 1.3; font-weight: 600; letter-spacing: -0.01em; }
.figures .more { color: var(--soft); font-size: 14px; line-height: 1.4; }
figure { margin: 16px 0 0; }
figcaption { margin-top: 6px; }
.plot { display: block; max-width: 100%; height: auto; overflow: visible; --plot-background: var(--paper); }
.plot text { white-space: pre; }
.plot [aria-label$="tick label"] { fill: var(--soft); }
.plot [aria-label$="axis label"] { fill: var(--soft); }
.plot [aria-label$="grid"] { stroke: var(--line); stroke-opacity: 1; }
.plot [aria-label$="tick"] { stroke: var(--muted); }
.narrow { display: none; }
.scroll { overflow-x: auto; margin-top: 12px; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: 14px; line-height: 1.4; }
caption { text-align: left; color: var(--soft); padding-bottom: 8px; }
caption span { position: sticky; left: 0; display: inline-block; max-width: min(76ch, calc(100vw - 40px)); }
th, td { padding: 6px 0 6px 16px; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: 400; }
thead th { color: var(--soft); border-bottom-color: var(--muted); }
tbody th, thead th:first-child { text-align: left; padding-left: 0; }
td.text, th.text { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 11em; }
table.metrics { font-size: 13px; }
table.metrics th:first-child { position: sticky; left: 0; background: var(--paper); }
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
  body > * { padding-left: 20px; padding-right: 20px; }
  body > header { padding-top: 32px; }
  h1 { font-size: 26px; }
  h2 { margin-top: 52px; }
  .lead { font-size: 18px; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 10px; }
  .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 22px 18px; }
  .figures .value { font-size: 21px; }
  .wide { display: none; }
  .narrow { display: block; }
}
@media (max-width: 640px) and (min-width: 391px) { .narrow .plot { width: 100%; } }
@media print {
  @page { margin: 16mm 14mm; }
  body { font-size: 10.5pt; }
  body > * { max-width: none; padding: 0; }
  body > header { padding-top: 0; }
  h2 { margin-top: 28pt; break-after: avoid; }
  h3 { break-after: avoid; }
  figure, tr, .figures div, .episode { break-inside: avoid; }
  .wide { display: block; } .narrow { display: none; }
  .scroll { overflow: visible; }
  table { font-size: 8.5pt; } table.metrics { font-size: 6.8pt; } table.metrics th, table.metrics td { padding-left: 5pt; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
`;
