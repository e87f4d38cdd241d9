import path from 'node:path';
import type { Config } from '@ergodic/core';
import type {
  EnsembleRun,
  Estimate,
  Evaluation,
  IterationReport,
  Scores,
  Summary,
  TrainingSummary,
} from '@ergodic/workers';
import { count, duration, figure, large, percent, table } from './format.ts';
import type { Outcome } from './outcome.ts';
import { colorsFor, notice } from './output.ts';
import type { ProgressView } from './progress.ts';
import { typed } from './runs.ts';
import { failureLines, headLines, outputLines } from './summary.ts';

/** Of so many iterations each has a line; of more, about so many have. */
const LINES = 200;

/** The first sign of life of a training run; what follows are the lines of its iterations. */
export function startTrainingView(run: EnsembleRun, config: Config): ProgressView {
  const { agent, iterations, episodes } = config.training!;
  const length = config.steps === undefined ? '' : ` of ${count(config.steps)} steps`;
  const stored = run.progress().episodes;
  const before = stored === 0 ? '' : `, ${count(stored)} of them stored already`;
  const dir = typed(run.dir);
  const place = dir === `runs/${run.id}` ? '' : `, in ${dir}`;
  const size = `${count(iterations)} iterations of ${count(episodes)} episodes${length}`;
  notice(`training ${path.basename(agent.use)} in run ${run.id}: ${size}${before}${place}`);
  return { update: () => {}, deliver: () => {}, say: notice, stop: () => {} };
}

/** What an iteration came to, in one line; undefined where its line is left out. */
export function iterationLine(report: IterationReport): string | undefined {
  const { iteration, iterations, failed, meanReward, meanReturn, figures } = report;
  const every = Math.ceil(iterations / LINES);
  const number = iteration + 1;
  if (number % every !== 0 && iteration !== 0 && number !== iterations) return undefined;
  const parts = [`iteration ${String(number).padStart(String(iterations).length)}/${iterations}`];
  parts.push(`reward ${figure(meanReward)}`, `return ${percent(meanReturn)}`);
  for (const [name, value] of Object.entries(figures)) parts.push(`${name} ${figure(value)}`);
  if (failed > 0) parts.push(`failed ${count(failed)}`);
  return parts.join('  ');
}

/** The summary of a completed training run for a person. */
export function renderTraining(summary: Summary & { training: TrainingSummary }, outcome: Outcome): string {
  const { bold, dim } = colorsFor(process.stdout);
  const { training } = summary;
  const { wallSeconds, workers, steps, stepsPerSecond } = summary.timing;
  const threads = workers === 1 ? '1 worker' : `${workers} workers`;
  const { iterations, episodesPerIteration, policyVersion } = training;
  const lines = [
    '',
    `${bold(`Training run ${summary.id}`)}  ${dim(`agent ${training.agent}, seed ${summary.seed}`)}`,
    '',
    ...headLines(summary, outcome),
    `Learned    ${count(iterations)} iterations of ${count(episodesPerIteration)} episodes, ${count(policyVersion)} updates of the weights`,
    '',
    ...stageLines(training),
    ...evaluationLines(training.evaluation),
    ...failureLines(summary, outcome),
    '',
    `Speed      ${large(stepsPerSecond)} steps/s: ${large(steps)} steps in ${duration(wallSeconds)} on ${threads}`,
    `Digest     ${summary.digest}`,
    ...(summary.reproducible ? [] : ['           not reproducible: see above']),
    ...outputLines(summary),
    '',
    ...nextLines(summary),
  ];
  return `${lines.join('\n')}\n`;
}

const HEADER = ['', 'reward', '95 % CI', 'return', '95 % CI', 'n'];
const RIGHT = [1, 2, 3, 4, 5];

function stageLines({ first, last }: TrainingSummary): string[] {
  const name = (which: string, [from, to]: readonly [number, number]): string =>
    from === to ? `${which} iteration` : `${which} ${count(to - from + 1)} iterations`;
  const rows = [HEADER, row(name('first', first.iterations), first), row(name('last', last.iterations), last)];
  return [...titled('While it learned, exploring', rows), ''];
}

function evaluationLines(evaluation: Evaluation | null): string[] {
  if (evaluation === null) return [];
  const { from, to, failed, trained, random, difference } = evaluation;
  const rows = [HEADER, row('trained', trained), row('random', random), row('difference', difference)];
  const title = `On ${count(to - from)} fresh episodes, the same for both: ${count(from)} to ${count(to - 1)}`;
  const without = failed === 0 ? [] : [`${count(failed)} of them failed with one of the two, and count for neither.`];
  return [...titled(title, rows), ...without, verdictOf(difference.totalReward)];
}

function verdictOf({ ci95: [low, high] }: Estimate): string {
  const { green, yellow } = colorsFor(process.stdout);
  if (low === null || high === null) return 'Too few episodes to tell trained from random.';
  if (low > 0) return green('By reward the trained agent beats random: the interval of the difference is above zero.');
  if (high < 0)
    return yellow('By reward random beats the trained agent: the interval of the difference is below zero.');
  return yellow('By reward trained and random cannot be told apart: the interval of the difference contains zero.');
}

function titled(title: string, rows: readonly (readonly string[])[]): string[] {
  const { bold, dim } = colorsFor(process.stdout);
  const [header, ...rest] = table(rows, RIGHT);
  return [bold(title), dim(header!), ...rest];
}

function row(name: string, { totalReward, totalReturn }: Scores): string[] {
  return [
    name,
    ...[figure(totalReward.mean), range(totalReward, figure)],
    ...[percent(totalReturn.mean), range(totalReturn, percent)],
    count(totalReward.n),
  ];
}

function range({ ci95: [low, high] }: Estimate, format: (value: number | null) => string): string {
  return low === null ? '–' : `${format(low)} to ${format(high)}`;
}

function nextLines({ dir, training }: Summary & { training: TrainingSummary }): string[] {
  const { bold } = colorsFor(process.stdout);
  const run = typed(dir);
  const rows = [
    [`strategy: { use: policy, file: ${typed(path.join(dir, training.policy))} }`, 'the trained agent, in a config'],
    [`ergodic report ${run}`, 'a page with figures'],
    [`ergodic replay ${run} --episode 0`, 'an episode with its events'],
  ];
  return [bold('Next'), ...table(rows).map((line) => `  ${line}`)];
}
