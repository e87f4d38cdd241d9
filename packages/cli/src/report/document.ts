import { type Content, Html, html } from './html.ts';
import type { Section } from './sections/section.ts';
import { STYLE } from './style.ts';

/** The page may load nothing, wherever it is opened. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export interface Page {
  readonly title: string;
  readonly header: Html;
  readonly main: Html;
  /** Sections of the main part that a list after the header leads to. */
  readonly contents?: readonly Section[];
  readonly footer: Content;
}

/** A page of one file that loads nothing. */
export function renderDocument({ title, header, main, contents = [], footer }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the figures</a>
${header}
${contents.length > 0 && navigation(contents)}
<main id="main" tabindex="-1">
${main}
</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`.text;
}

function navigation(contents: readonly Section[]): Html {
  const links = contents.map(
    ({ id, title }) => html`<li><a href="#${id}">${title}</a></li>
`,
  );
  return html`<nav aria-label="Contents"><ul>
${links}</ul></nav>`;
}
