import { type Content, Html, html } from './html.ts';
import { STYLE } from './style.ts';

/** The page may load nothing, wherever it is opened. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export interface Page {
  readonly title: string;
  readonly header: Html;
  readonly main: Html;
  readonly footer: Content;
}

/** A page of one file that loads nothing. */
export function renderDocument({ title, header, main, footer }: Page): string {
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
${header}
<main>
${main}
</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`.text;
}
