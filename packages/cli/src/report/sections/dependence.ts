import type { Association, Dependence } from '../data/dependence.ts';
import type { ReportData } from '../data/load.ts';
import { dependencePanel } from '../figures/dependence.ts';
import { type PageFigure, pageFigure } from '../figures/figure.ts';
import { count, percent, plural, ratio } from '../format.ts';
import { type Html, html } from '../html.ts';
import { type Section, section, table } from './section.ts';

/** Panels in the figure: those that matter, and no fewer than two to compare. */
const MOST_PANELS = 6;
const FEWEST_PANELS = 2;

/** What the outcome has to do with the values that were drawn anew for each episode. */
export function dependenceSection(data: ReportData): Section | undefined {
  const { dependence, n, manifest } = data;
  if (dependence.length === 0) return undefined;
  const byChance = 1.96 / Math.sqrt((manifest.config.antithetic ? n / 2 : n) - 1);
  const pairs = manifest.config.antithetic ? ' Episodes of an antithetic pair count once.' : '';
  return section(
    'dependence',
    'What the outcome depends on',
    html`<p>${inWords(dependence, dependence.filter(matters))}</p>`,
    pageFigure(dependenceFigure(data)),
    table({
      caption: `Drawn values of ${plural(n, 'episode')}: Spearman’s rank correlation ρ with the total return, its spread (the distance from the median) and the maximum drawdown, and the share of the outcome’s rank variance that lies between bins of the value. By chance alone ρ is within ± ${ratio(byChance)} nineteen times in twenty.${pairs}`,
      head: ['Drawn value', 'Return: ρ', 'Share', 'Spread: ρ', 'Share', 'Drawdown: ρ', 'Share'],
      rows: dependence.map((one) => [
        nameOf(one),
        ...cells(one.outcomes.totalReturn),
        ...cells(one.outcomes.spread),
        ...cells(one.outcomes.maxDrawdown),
      ]),
    }),
    html`<p class="note">${NOTE}</p>`,
  );
}

export function dependenceFigure({ dependence }: ReportData): PageFigure | undefined {
  const most = Math.min(MOST_PANELS, Math.max(FEWEST_PANELS, dependence.filter(matters).length));
  const drawable = dependence.slice(0, most).filter(({ bins }) => bins.length > 1);
  if (drawable.length === 0) return undefined;
  const bins = count(Math.max(...drawable.map((one) => one.bins.length)));
  return {
    name: 'dependence',
    title: 'Total return by drawn value',
    panels: drawable.map((one) => dependencePanel(one, rangeOf(drawable))),
    caption: `Total return by drawn value, in at most ${bins} bins, of as many episodes each where the value is continuous: median and middle half.`,
    tables: [
      {
        suffix: '',
        columns: ['draw', 'value', 'choice', 'episodes', 'q25', 'q50', 'q75'],
        rows: dependence.flatMap((one) =>
          one.bins.map(({ value, n, q25, q50, q75 }) => {
            return [one.name, value, one.choices?.[value] ?? null, n, q25, q50, q75];
          }),
        ),
      },
    ],
  };
}

function matters({ outcomes: { totalReturn, spread } }: Dependence): boolean {
  return totalReturn.matters || spread.matters;
}

const NOTE =
  'Bold: more than chance would show, at a risk of 1 % for the whole table. A rank correlation sees what rises or falls throughout; the share also sees what rises and falls again. Neither sees two values that matter only together, except where these make returns wider.';

function nameOf({ name, unit }: Dependence): Html {
  return html`<code>${name}</code>${unit === undefined ? '' : `, ${unit}`}`;
}

function cells({ rho, share, matters }: Association): (Html | string)[] {
  const strong = (text: string): Html | string => (matters ? html`<strong>${text}</strong>` : text);
  return [strong(ratio(rho)), strong(percent(share))];
}

function inWords(all: readonly Dependence[], mattering: readonly Dependence[]): string {
  const whole = all.length === 1 ? 'the one drawn value' : `any of the ${count(all.length)} drawn values`;
  if (mattering.length === 0) return `Total return does not depend on ${whole} beyond chance.`;
  const described = mattering.slice(0, 3).map((one) => {
    const { totalReturn, spread } = one.outcomes;
    const isPlace = totalReturn.share >= spread.share;
    const { rho, share } = isPlace ? totalReturn : spread;
    const what = isPlace ? '' : 'its spread: ';
    return `${one.name} (${what}${rho === null ? '' : `rank correlation ${ratio(rho)}, `}${percent(share)} of the rank variance)`;
  });
  const rest = all.length - mattering.length;
  const more = mattering.length > 3 ? `; ${count(mattering.length - 3)} more matter less` : '';
  const others =
    rest === 0 ? '' : ` The other ${rest === 1 ? 'one shows' : `${count(rest)} show`} no more than chance.`;
  return `Total return depends most on ${described.join(', then on ')}${more}.${others}`;
}

function rangeOf(shown: readonly Dependence[]): [number, number] {
  const bins = shown.flatMap((one) => one.bins);
  const low = Math.min(...bins.map(({ q25 }) => q25));
  const high = Math.max(...bins.map(({ q75 }) => q75));
  const pad = 0.05 * (high - low) || 0.01;
  return [low - pad, high + pad];
}
