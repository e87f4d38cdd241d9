import type { ReportData } from './data/load.ts';
import type { PageFigure } from './figures/figure.ts';
import { headlineRows, levelRows } from './headline-rows.ts';
import { attributionFigure } from './sections/attribution.ts';
import { conditionFigure } from './sections/conditions.ts';
import { dependenceFigure } from './sections/dependence.ts';
import { returnFigure } from './sections/distributions.ts';
import { depthFigure, lengthFigure } from './sections/drawdowns.ts';
import { episodeFigures } from './sections/episodes.ts';
import { fanFigure } from './sections/fan.ts';
import { rewardFigure } from './sections/rewards.ts';

/** The rows of the headline and the figures of a page, in its order. */
export function pageFigures(data: ReportData): PageFigure[] {
  const single = [
    returnFigure,
    fanFigure,
    depthFigure,
    lengthFigure,
    attributionFigure,
    dependenceFigure,
    conditionFigure,
    rewardFigure,
  ].flatMap((figureOf) => figureOf(data) ?? []);
  return [headlineTable(data), ...single, ...episodeFigures(data)];
}

/** Estimates have rows and no picture. */
function headlineTable(data: ReportData): PageFigure {
  const rows = [...headlineRows(data), ...levelRows(data)];
  return {
    name: 'headline',
    title: 'Headline figures',
    panels: [],
    caption: '',
    tables: [
      {
        suffix: '',
        columns: ['figure', 'title', 'value', 'low', 'high', 'n', 'method'],
        rows: rows.map(({ figure: { text, title }, estimate: { value, low, high, n, method } }) => {
          return [text, title, value, low, high, n, method];
        }),
      },
    ],
  };
}
