import type { ReportData } from './data/load.ts';
import { renderDocument } from './document.ts';
import { html } from './html.ts';
import { attributionSection } from './sections/attribution.ts';
import { conditionSection } from './sections/conditions.ts';
import { costSection } from './sections/costs.ts';
import { dependenceSection } from './sections/dependence.ts';
import { returnSection } from './sections/distributions.ts';
import { drawdownSection } from './sections/drawdowns.ts';
import { episodesSection } from './sections/episodes.ts';
import { failuresSection } from './sections/failures.ts';
import { fanSection } from './sections/fan.ts';
import { growthSection } from './sections/growth.ts';
import { headerSection, titleOf } from './sections/header.ts';
import { headlineSection } from './sections/headline.ts';
import { historySection } from './sections/history.ts';
import { levelSection } from './sections/levels.ts';
import { metricsSection } from './sections/metrics.ts';
import { reproduceSection } from './sections/reproduce.ts';
import { rewardSection } from './sections/rewards.ts';

/** Sections in the order of the page; each leaves itself out where it has nothing to say. */
const SECTIONS = [
  historySection,
  headlineSection,
  returnSection,
  fanSection,
  growthSection,
  levelSection,
  drawdownSection,
  attributionSection,
  dependenceSection,
  conditionSection,
  rewardSection,
  costSection,
  episodesSection,
  failuresSection,
  metricsSection,
  reproduceSection,
] as const;

/** The whole report as one file. */
export function renderPage(data: ReportData): string {
  const sections = SECTIONS.flatMap((section) => section(data) ?? []);
  return renderDocument({
    title: `${titleOf(data)}: ergodic report`,
    header: headerSection(data),
    contents: sections,
    main: html`${sections.map(
      (section) => html`${section}
`,
    )}`,
    footer: `Made by ergodic ${data.manifest.versions.ergodic} from ${data.dir}.`,
  });
}
