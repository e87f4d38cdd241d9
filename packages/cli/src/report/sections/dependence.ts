import type { Association, Dependence } from '../data/dependence.ts';
import type { ReportData } from '../data/load.ts';
import { dependencePanel } from '../figures/dependence.ts';
import { figure } from '../figures/figure.ts';
import { count, percent, plural, ratio } from '../format.ts';
import { type Html, html } from '../html.ts';
import { section, table } from './section.ts';

/** Panels in the figure: those that matter, and no fewer than two to compare. */
const MOST_PANELS = 6;
const FEWEST_PANELS = 2;

/** What the outcome has to do with the values that were drawn anew for each episode. */
export function dependenceSection({ dependence, n, manifest }: ReportData): Html | undefined {
  if (dependence.length === 0) return undefined;
  const mattering = dependence.filter(({ outcomes }) => outcomes.totalReturn.matters);
  const shown = dependence.slice(0, Math.min(MOST_PANELS, Math.max(FEWEST_PANELS, mattering.length)));
  const drawable = shown.filter(({ bins }) => bins.length > 1);
  const pairs = manifest.config.antithetic ? ' Episodes of an antithetic pair count once.' : '';
  return section(
    'dependence',
    'What the outcome depends on',
    html`<p>${inWords(dependence, mattering)}</p>`,
    drawable.length > 0 &&
      figure(
        drawable.map((one) => dependencePanel(one, rangeOf(drawable))),
        `Total return by drawn value, in ${count(dependence[0]!.bins.length)} bins of as many episodes each where the value is continuous: median and middle half.`,
      ),
    table({
      caption: `Drawn values of ${plural(n, 'episode')}: Spearman’s rank correlation of return and of maximum drawdown with the value, and the share of the outcome’s rank variance that lies between bins of the value.${pairs}`,
      head: ['Drawn value', 'Return: rank corr.', '95 % CI', 'Share', 'Drawdown: rank corr.', 'Share'],
      rows: dependence.map((one) => [
        nameOf(one),
        ...cells(one.outcomes.totalReturn),
        ...cells(one.outcomes.maxDrawdown).filter((_, i) => i !== 1),
      ]),
    }),
    html`<p class="note">${NOTE}</p>`,
  );
}

const NOTE =
  'Bold: more than chance would show, at a risk of 1 % for all drawn values together. A rank correlation sees what rises or falls throughout; the share also sees what rises and falls again. Neither sees two values that matter only together.';

function nameOf({ name, unit }: Dependence): Html {
  return html`<code>${name}</code>${unit === undefined ? '' : `, ${unit}`}`;
}

function cells({ rho, interval: [low, high], share, matters }: Association): (Html | string)[] {
  const strong = (text: string): Html | string => (matters ? html`<strong>${text}</strong>` : text);
  return [
    strong(ratio(rho)),
    rho === null || low === null || high === null ? '–' : `${ratio(low)} to ${ratio(high)}`,
    strong(percent(share)),
  ];
}

function inWords(all: readonly Dependence[], mattering: readonly Dependence[]): string {
  const whole = all.length === 1 ? 'the one drawn value' : `any of the ${count(all.length)} drawn values`;
  if (mattering.length === 0) return `Total return does not depend on ${whole} beyond chance.`;
  const described = mattering.slice(0, 3).map((one) => {
    const { rho, share } = one.outcomes.totalReturn;
    return `${one.name} (${rho === null ? '' : `rank correlation ${ratio(rho)}, `}${percent(share)} of the rank variance)`;
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
