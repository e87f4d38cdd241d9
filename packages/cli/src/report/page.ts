import type { ReportData } from './data/load.ts';
import { renderDocument } from './document.ts';
import { html } from './html.ts';
import { costSection } from './sections/costs.ts';
import { dependenceSection } from './sections/dependence.ts';
import { drawdownSection, returnSection } from './sections/distributions.ts';
import { episodesSection } from './sections/episodes.ts';
import { failuresSection } from './sections/failures.ts';
import { fanSection } from './sections/fan.ts';
import { headerSection, titleOf } from './sections/header.ts';
import { headlineSection } from './sections/headline.ts';
import { metricsSection } from './sections/metrics.ts';
import { reproduceSection } from './sections/reproduce.ts';
import { rewardSection } from './sections/rewards.ts';

/** The whole report as one file. */
export function renderPage(data: ReportData): string {
  return renderDocument({
    title: `${titleOf(data)}: ergodic report`,
    header: headerSection(data),
    main: html`${headlineSection(data)}
${returnSection(data)}
${fanSection(data)}
${drawdownSection(data)}
${dependenceSection(data)}
${rewardSection(data)}
${costSection(data)}
${episodesSection(data)}
${failuresSection(data)}
${metricsSection(data)}
${reproduceSection(data)}`,
    footer: `Made by ergodic ${data.manifest.versions.ergodic} from ${data.dir}.`,
  });
}
