import { type Condition, type ConditionGroup, MOST_SYMBOLS } from '../data/conditions.ts';
import type { ReportData } from '../data/load.ts';
import { estimateCell } from '../estimated.ts';
import { conditionPanel } from '../figures/conditions.ts';
import { type PageFigure, pageFigure } from '../figures/figure.ts';
import { count, percent, range } from '../format.ts';
import { html } from '../html.ts';
import { type Section, section, table } from './section.ts';

const TITLE = 'When it does well and badly';
const NAMES = {
  volatility: ['calmest third', 'middle third', 'wildest third'],
  direction: ['price did worst', 'middle third', 'price did best'],
} as const;
const KINDS = { volatility: 'realised volatility', direction: 'change of price' } as const;

/** Outcomes by what the markets did in the episode. */
export function conditionSection(data: ReportData): Section | undefined {
  const { conditions, manifest } = data;
  if (conditions.length === 0) return undefined;
  const { symbols } = manifest.layout;
  const first =
    symbols.length > MOST_SYMBOLS &&
    html`<p class="note">Of ${count(symbols.length)} symbols the first ${MOST_SYMBOLS} are shown.</p>`;
  return section(
    'conditions',
    TITLE,
    symbols.length === 1 ? html`<p>${conditions.map(inWords).join(' ')}</p>` : first,
    pageFigure(conditionFigure(data)),
    table({
      caption:
        'Total return by what the market did in the same episode: thirds of the episodes, 95 % confidence intervals below the values',
      head: ['Third', 'Episodes', 'Median return', '5 % quantile', 'Probability of loss'],
      rows: conditions.flatMap((condition) =>
        condition.groups.map((group, i) => [
          `${condition.symbol}, ${rangeText(condition, i)}`,
          count(group.median.n),
          estimateCell(group.median, percent),
          estimateCell(group.q05, percent),
          estimateCell(group.loss, percent),
        ]),
      ),
    }),
    html`<p class="note">What the market did is known only afterwards: this shows what the strategy depends on, and no rule to trade by.</p>`,
  );
}

export function conditionFigure({ conditions }: ReportData): PageFigure | undefined {
  if (conditions.length === 0) return undefined;
  const domain = rangeOf(conditions.flatMap(({ groups }) => groups));
  return {
    name: 'conditions',
    title: 'Total return by what the market did',
    panels: conditions.map((condition) => {
      const { symbol, kind, groups } = condition;
      const bars = groups.map(({ median, q25, q75 }, i) => ({
        label: NAMES[kind][i]!,
        q25,
        q75,
        median: median.value,
        low: Number.isFinite(median.low) ? median.low : median.value,
        high: Number.isFinite(median.high) ? median.high : median.value,
      }));
      const medians = bars.map(({ label, median }) => `${label} ${percent(median)}`).join(', ');
      const title = `${symbol}, by ${KINDS[kind]}`;
      return conditionPanel({ alt: `Median total return, ${title}: ${medians}`, title, groups: bars, range: domain });
    }),
    caption:
      'Total return of thirds of the episodes: median (dot) with its 95 % confidence interval (line), and middle half (bar).',
    tables: [
      {
        suffix: '',
        columns: [
          'symbol',
          'by',
          'third',
          'from',
          'to',
          'episodes',
          'q25',
          'median',
          'low',
          'high',
          'q75',
          'q05',
          'q05Low',
          'q05High',
          'probabilityOfLoss',
          'lossLow',
          'lossHigh',
        ],
        rows: conditions.flatMap(({ symbol, kind, groups }) =>
          groups.map(({ from, to, median, q25, q75, q05, loss }, i) => [
            symbol,
            kind,
            i + 1,
            from,
            to,
            median.n,
            q25,
            median.value,
            median.low,
            median.high,
            q75,
            q05.value,
            q05.low,
            q05.high,
            loss.value,
            loss.low,
            loss.high,
          ]),
        ),
      },
    ],
  };
}

function inWords({ symbol, kind, groups }: Condition): string {
  const [first, last] = [groups[0]!, groups.at(-1)!].map(({ median }) => percent(median.value)) as [string, string];
  return kind === 'volatility'
    ? `In the calmest third of the episodes of ${symbol} the median return is ${first}, in the wildest ${last}.`
    : `Where the price of ${symbol} did worst it is ${first}, where it did best ${last}.`;
}

function rangeText({ kind, groups }: Condition, i: number): string {
  const what = kind === 'volatility' ? 'volatility' : 'price change';
  if (i === 0) return `${what} up to ${percent(groups[0]!.to)}`;
  if (i === groups.length - 1) return `${what} from ${percent(groups[i]!.from)}`;
  return `${what} ${range([groups[i]!.from, groups[i]!.to], percent)}`;
}

function rangeOf(groups: readonly ConditionGroup[]): [number, number] {
  const low = Math.min(...groups.map(({ q25 }) => q25));
  const high = Math.max(...groups.map(({ q75 }) => q75));
  const pad = 0.05 * (high - low) || 0.01;
  return [low - pad, high + pad];
}
