/** How a figure is written. */
export type Unit = 'fraction' | 'ratio' | 'number' | 'steps' | 'rate';

/** A figure of the headline, by the text that `ergodic check` takes. */
export interface HeadlineFigure {
  readonly text: string;
  readonly title: string;
  readonly unit: Unit;
  /** Title where there is one observation; without one it says nothing then. */
  readonly alone?: string;
}

/** In the order of the page; those whose columns the run lacks are left out. */
export const HEADLINE: readonly HeadlineFigure[] = [
  { text: 'median(totalReturn)', title: 'Median return', unit: 'fraction', alone: 'Return' },
  { text: 'mean(totalReturn)', title: 'Mean return', unit: 'fraction' },
  { text: 'iqm(totalReturn)', title: 'Mean of the middle half', unit: 'fraction' },
  { text: 'q05(totalReturn)', title: 'Return, 5 % quantile', unit: 'fraction' },
  { text: 'q95(totalReturn)', title: 'Return, 95 % quantile', unit: 'fraction' },
  { text: 'expectedShortfall(totalReturn)', title: 'Worst 5 %, mean return', unit: 'fraction' },
  { text: 'probabilityOfLoss', title: 'Probability of loss', unit: 'fraction' },
  { text: 'probabilityOfRuin', title: 'Probability of ruin', unit: 'fraction' },
  { text: 'timeToRuin', title: 'Time to ruin, mean', unit: 'steps' },
  { text: 'probabilityOfFailure', title: 'Probability of failure', unit: 'fraction' },
  { text: 'median(maxDrawdown)', title: 'Max drawdown, median', unit: 'fraction', alone: 'Max drawdown' },
  { text: 'q95(maxDrawdown)', title: 'Max drawdown, 95 % quantile', unit: 'fraction' },
  { text: 'median(longestDrawdown)', title: 'Longest drawdown, median', unit: 'steps', alone: 'Longest drawdown' },
  { text: 'q95(longestDrawdown)', title: 'Longest drawdown, 95 % quantile', unit: 'steps' },
  { text: 'median(sharpe)', title: 'Sharpe ratio, median', unit: 'ratio', alone: 'Sharpe ratio' },
  { text: 'mean(totalReward)', title: 'Mean reward', unit: 'number', alone: 'Reward' },
  { text: 'mean(fills)', title: 'Fills, mean', unit: 'number', alone: 'Fills' },
  { text: 'timeAverageGrowth', title: 'Time-average growth', unit: 'rate', alone: 'Growth' },
  { text: 'ensembleAverageGrowth', title: 'Ensemble-average growth', unit: 'rate' },
  { text: 'ergodicityGap', title: 'Ergodicity gap', unit: 'rate' },
  { text: 'kellyFraction', title: 'Kelly fraction', unit: 'ratio' },
];

/** Those that have a section of their own. */
export const GROWTH: readonly string[] = [
  'timeAverageGrowth',
  'ensembleAverageGrowth',
  'ergodicityGap',
  'kellyFraction',
];

/** Parts of the initial equity that are a loss on the way, and gains that are a goal. */
export const LOSSES = [0.9, 0.8, 0.5] as const;
export const GOALS = [0.1, 0.2, 0.5, 1] as const;

export const LEVELS: readonly HeadlineFigure[] = [
  ...GOALS.map((goal) => ({ text: `probabilityOfGoal(${goal})`, title: `Reaches +${100 * goal} %` })).reverse(),
  ...LOSSES.map((left) => ({
    text: `probabilityOfRuin(${left})`,
    title: `Falls by ${Math.round(100 - 100 * left)} %`,
  })),
].map((one) => ({ ...one, unit: 'fraction' as const }));
