import type { ReportData } from './data/load.ts';
import { Html, html } from './html.ts';
import { costSection } from './sections/costs.ts';
import { drawdownSection, returnSection } from './sections/distributions.ts';
import { episodesSection } from './sections/episodes.ts';
import { failuresSection } from './sections/failures.ts';
import { fanSection } from './sections/fan.ts';
import { headerSection, titleOf } from './sections/header.ts';
import { headlineSection } from './sections/headline.ts';
import { metricsSection } from './sections/metrics.ts';
import { reproduceSection } from './sections/reproduce.ts';
import { rewardSection } from './sections/rewards.ts';
import { STYLE } from './style.ts';

/** The page may load nothing, wherever it is opened. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** The whole report as one file. */
export function renderPage(data: ReportData): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${titleOf(data)}: ergodic report</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
${headerSection(data)}
<main>
${headlineSection(data)}
${returnSection(data)}
${fanSection(data)}
${drawdownSection(data)}
${rewardSection(data)}
${costSection(data)}
${episodesSection(data)}
${failuresSection(data)}
${metricsSection(data)}
${reproduceSection(data)}
</main>
<footer><p>Made by ergodic ${data.manifest.versions.ergodic} from ${data.dir}.</p></footer>
</body>
</html>
`.text;
}
