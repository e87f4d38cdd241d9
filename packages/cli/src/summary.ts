import path from 'node:path';
import { shareOfCount, TAIL } from '@ergodic/statistics';
import type { Metric, Quantiles, Summary } from '@ergodic/workers';
import { count, duration, figure, large, money, percent, table, tally } from './format.ts';
import type { Outcome } from './outcome.ts';
import { colorsFor } from './output.ts';
import { typed } from './runs.ts';
import { accountLine } from './shortfall.ts';
import { untilLines } from './until.ts';

type Format = (value: number | null) => string;

const FORMATS: Readonly<Record<string, Format>> = {
  totalReturn: percent,
  totalReward: figure,
  maxDrawdown: percent,
  sharpe: figure,
  sortino: figure,
  calmar: figure,
  turnover: figure,
  exposure: percent,
  orders: tally,
  fills: tally,
  rejects: tally,
  commission: money,
  slippage: money,
  finalEquity: money,
};
/** How a person reads values of a column of the episodes. */
export function formatOf(column: string): Format {
  return FORMATS[column] ?? figure;
}

const FAILURES_SHOWN = 3;
const MESSAGE_WIDTH = 84;

/** The summary of a completed run for a person, at most 100 columns wide; `history` tells of the one history that it replayed. */
export function renderSummary(summary: Summary, outcome: Outcome, history: readonly string[] = []): string {
  const { bold, dim } = colorsFor(process.stdout);
  const { manifest } = outcome;
  const { wallSeconds, workers, steps, stepsPerSecond } = summary.timing;
  const strategy = path.basename(manifest.config.strategy.use);
  const threads = workers === 1 ? '1 worker' : `${workers} workers`;
  const lines = [
    '',
    `${bold(`Run ${summary.id}`)}  ${dim(`strategy ${strategy}, seed ${summary.seed}`)}`,
    '',
    ...headLines(summary, outcome),
    ...untilLines(summary),
    '',
    ...metricLines(summary),
    ...failureLines(summary, outcome),
    ...(history.length === 0 ? [] : ['', ...history]),
    '',
    `Speed      ${large(stepsPerSecond)} steps/s: ${large(steps)} steps in ${duration(wallSeconds)} on ${threads}`,
    `Digest     ${summary.digest}`,
    ...(summary.reproducible ? [] : ['           not reproducible: see above']),
    ...outputLines(summary),
    '',
    ...nextLines(summary, outcome),
  ];
  return `${lines.join('\n')}\n`;
}

export function outputLines({ outputs = {} }: Summary): string[] {
  return Object.entries(outputs).map(
    ([name, account], i) => `${i === 0 ? 'Outputs    ' : '           '}${accountLine(name, account)}`,
  );
}

export function headLines({ episodes }: Summary, { losses, manifest }: Outcome): string[] {
  const { requested, completed, ruined, stopped, failed } = episodes;
  const { red } = colorsFor(process.stdout);
  const reasons = [
    `${count(completed)} completed`,
    ...(ruined > 0 ? [`${count(ruined)} ruined`] : []),
    ...(stopped > 0 ? [`${count(stopped)} stopped`] : []),
    ...(failed > 0 ? [red(`${count(failed)} failed`)] : []),
  ];
  const lines = [`Episodes   ${count(requested)}: ${reasons.join(', ')}`];
  const ended = requested - failed;
  if (ended === 0) return lines;
  lines.push(`Loss       ${probability(losses, ended, manifest.config.antithetic)} end with less than they began with`);
  if (ruined > 0) lines.push(`Ruin       ${probability(ruined, ended, manifest.config.antithetic)} are ruined`);
  return lines;
}

/** A share with its 95 % interval. Antithetic episodes count as half: both of a pair may come to the same. */
function probability(seen: number, episodes: number, antithetic: boolean): string {
  const { value, low, high } = shareOfCount(seen, episodes, TAIL, antithetic ? episodes / 2 : episodes);
  return `${percent(value)} (95 % CI ${percent(low)} to ${percent(high)})`;
}

function metricLines({ metrics }: Summary): string[] {
  const { dim } = colorsFor(process.stdout);
  const header = ['', 'median', '5 %', '95 %', 'mean', '± 95 % CI', 'n'];
  const rows: string[][] = [header];
  const terms = Object.keys(metrics).filter((name) => name.startsWith('reward_'));
  for (const [name, metric] of Object.entries(metrics)) {
    const format = FORMATS[name] ?? (terms.length > 1 && terms.includes(name) ? figure : undefined);
    if (format === undefined || metric.n === 0) continue;
    rows.push(metricRow(name, metric, format));
    if (name !== 'totalReturn') continue;
    if (metric.failuresAsWorst !== undefined) {
      rows.push(quantileRow('  failed as worst', metric.failuresAsWorst, format));
    }
    if (metric.failuresAsBest !== undefined) rows.push(quantileRow('  failed as best', metric.failuresAsBest, format));
  }
  if (rows.length === 1) return ['No episode ended without a failure, so there are no figures.'];
  const [first, ...rest] = table(rows, [1, 2, 3, 4, 5, 6]);
  return [dim(first!), ...rest];
}

function metricRow(name: string, metric: Metric, format: Format): string[] {
  const { mean, ci95, n } = metric;
  const half = ci95[1] === null || mean === null ? null : ci95[1] - mean;
  return [...quantileRow(shorten(name, 28), metric, format), format(mean), format(half), count(n)];
}

function quantileRow(name: string, { q05, q50, q95 }: Quantiles, format: Format): string[] {
  return [name, format(q50), format(q05), format(q95)];
}

export function failureLines({ failures, dir }: Summary, outcome: Outcome): string[] {
  if (outcome.failures.length === 0) return [];
  const { red, dim } = colorsFor(process.stdout);
  const lines = [''];
  for (const { code, count: number } of outcome.failures) {
    lines.push(red(`${count(number)} failed with ${code}`));
    for (const failure of failures.filter((one) => one.code === code).slice(0, FAILURES_SHOWN)) {
      const message = failure.message.split('\n')[0]!;
      lines.push(`  episode ${failure.episode}: ${shorten(message, MESSAGE_WIDTH)}`);
      lines.push(`  ${dim(`ergodic replay ${typed(dir)} --episode ${failure.episode}`)}`);
    }
  }
  return lines;
}

function nextLines({ dir }: Summary, { manifest: { kept }, returns }: Outcome): string[] {
  const { bold } = colorsFor(process.stdout);
  const run = typed(dir);
  const replay = (episode: number, which: string): string[] => [
    `ergodic replay ${run} --episode ${episode}`,
    `the ${which} episode, ${percent(returns.get(episode) ?? null)}`,
  ];
  const rows = [
    [`ergodic report ${run}`, 'a page with figures'],
    ...(kept === undefined ? [] : [replay(kept.worst, 'worst'), replay(kept.best, 'best')]),
    [`ergodic export ${run} --table episodes --format csv --out episodes.csv`, ''],
  ];
  // The last command is long; the remarks align with the others.
  const last = rows.pop()!;
  return [bold('Next'), ...table(rows).map((line) => `  ${line}`), `  ${last[0]}`];
}

function shorten(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
