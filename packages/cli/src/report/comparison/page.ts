import { renderDocument } from '../document.ts';
import { html } from '../html.ts';
import { type Section, section } from '../sections/section.ts';
import type { ComparisonPage } from './load.ts';
import { attributionPart } from './sections/attribution.ts';
import { distributionsPart } from './sections/distributions.ts';
import { equityPart } from './sections/equity.ts';
import { extremesPart } from './sections/extremes.ts';
import { figuresPart } from './sections/figures.ts';
import { comparisonHeader, comparisonTitle } from './sections/header.ts';
import { overviewSection } from './sections/overview.ts';
import { subsection } from './sections/part.ts';
import { reproduceSection } from './sections/reproduce.ts';
import { spreadPart } from './sections/spread.ts';

/** Parts of what is told of one pair, in the order of the page; each leaves itself out where it has nothing to say. */
const OF_PAIR = [figuresPart, attributionPart, spreadPart, distributionsPart, equityPart, extremesPart] as const;

/** The whole comparison as one file. */
export function renderComparisonPage(page: ComparisonPage): string {
  const { comparison } = page;
  const { baseline, candidates } = comparison;
  const dirs = [baseline, ...candidates.map(({ run }) => run)].map(({ dir }) => dir);
  const sections = [overviewSection(page) ?? [], ...pairSections(page), reproduceSection(page)].flat();
  return renderDocument({
    title: `${comparisonTitle(comparison)}: ergodic comparison`,
    header: comparisonHeader(comparison),
    contents: sections,
    main: html`${sections.map(
      (one) => html`${one}
`,
    )}`,
    footer: `Made by ergodic ${baseline.manifest.versions.ergodic} from ${dirs.join(' and ')}.`,
  });
}

/** Of one pair a section for each part, of several one for each pair. */
function pairSections({ pairs }: ComparisonPage): Section[] {
  const told = pairs.map((pair) => ({ pair, parts: OF_PAIR.flatMap((part) => part(pair) ?? []) }));
  if (told.length === 1) return told[0]!.parts.map(({ id, title, body }) => section(id, title, ...body));
  return told.map(({ pair: { comparison, candidate }, parts }) => {
    const { label, summary } = candidate.run;
    const id = label.toLowerCase();
    const body = parts.map((one) => subsection(one, id));
    return section(id, `${label}, ${summary.id}, against ${comparison.baseline.label}`, ...body);
  });
}
