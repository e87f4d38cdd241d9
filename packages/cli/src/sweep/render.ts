import type { PlainEstimate, SweepManifest, SweepSummary } from '@ergodic/analysis';
import { formatPath } from '@ergodic/core';
import { count, duration, table } from '../format.ts';
import { colorsFor } from '../output.ts';
import { strategyName } from '../report/words.ts';
import { typed } from '../runs.ts';
import { formatOf } from '../summary.ts';
import { historyLines } from './history.ts';
import { labeled } from './text.ts';
import { byRank, commandOfTrial, modelInWords, shortValue } from './words.ts';

const SHOWN = 10;
const REASONS_SHOWN = 3;

/** The result of a sweep for a person, at most 100 columns wide. */
export function renderSweep(summary: SweepSummary, manifest: SweepManifest): string {
  const { bold, dim } = colorsFor(process.stdout);
  const { id, seed, metric, trials, selection, timing } = summary;
  const rules = trials.length === 1 ? '1 trial' : `${count(trials.length)} trials`;
  const strategy = strategyName(manifest.config);
  const lines = [
    '',
    `${bold(`Sweep ${id}`)}  ${dim(`strategy ${strategy}, ${rules}, metric ${metric}, seed ${seed}`)}`,
    '',
    ...labeled('Verdict', selection.sentence),
    ...labeled('Benchmark', benchmarkInWords(summary)),
    '',
    ...trialLines(summary, manifest),
    '',
    ...bestLines(summary),
    ...freshLines(summary, manifest),
    ...(summary.history === null ? [] : historyLines(summary.history.verdict, summary.history.overfitting)),
    ...refusedLines(summary),
    ...labeled('Model', modelInWords(manifest)),
    ...labeled('Method', methodInWords(summary)),
    ...labeled(
      'Speed',
      `${rules} in ${duration(timing.wallSeconds)} on ${timing.workers === 1 ? '1 worker' : `${timing.workers} workers`}`,
    ),
    '',
    ...(selection.best === null
      ? []
      : [dim(`trial ${selection.best} as a run of its own`), commandOfTrial(selection.best, manifest)]),
    `${dim('all trials')}\nergodic sweep --resume ${typed(summary.dir)} --json`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The JSON document of a sweep: the summary, in words what it holds under, and the command of every trial. */
export function describeSweep(summary: SweepSummary, manifest: SweepManifest): Record<string, unknown> {
  const { fresh } = summary;
  return {
    ...summary,
    model: modelInWords(manifest),
    trials: summary.trials.map((trial) => ({ ...trial, command: commandOfTrial(trial.trial, manifest) })),
    fresh: fresh === null ? null : { ...fresh, command: commandOfTrial(fresh.trial, manifest, fresh.seed) },
  };
}

function methodInWords({ selection, history }: SweepSummary): string {
  const error = history === null ? `; ${100 * selection.tail} % error for all trials together` : '';
  return `${selection.method}${error}`;
}

function benchmarkInWords({ benchmark, metric }: SweepSummary): string {
  if (benchmark.metric === null) return `doing nothing: ${metric} 0`;
  return `the config as it stands: ${metric} ${withInterval(benchmark.metric, metric)}`;
}

function trialLines(
  { trials, metric, direction, benchmark }: SweepSummary,
  { parameters, isOneHistory }: SweepManifest,
): string[] {
  const { dim, green } = colorsFor(process.stdout);
  const format = formatOf(metric);
  const shown = byRank(trials, direction).slice(0, SHOWN);
  const names = parameters.map(({ path }) => String(path.at(-1)));
  // The one value of a history has no interval.
  const judged = isOneHistory ? [] : ['adjusted p', 'verdict'];
  const against = benchmark.name === 'zero' ? 'vs 0' : 'vs benchmark';
  const header = ['trial', ...names, metric, ...(isOneHistory ? [] : ['95 % CI']), against, ...judged];
  const rows = shown.map(({ trial, values, metric: { value, low, high }, difference, pValue, verdict }) => [
    String(trial),
    ...parameters.map(({ path }) => shortValue(values[formatPath(path)])),
    format(value),
    ...(isOneHistory ? [] : [`${format(low)} … ${format(high)}`]),
    format(difference.value),
    ...(isOneHistory ? [] : [pValue === null ? '–' : pValue.toFixed(3), verdict]),
  ]);
  const numeric = header.flatMap((name, i) => (i === 0 || (i > names.length && name !== 'verdict') ? [i] : []));
  const [first, ...rest] = table([header, ...rows], numeric);
  const colored = rest.map((line, i) => (shown[i]!.verdict === 'better' ? green(line) : line));
  const more = trials.length > SHOWN ? [dim(`the best ${SHOWN} of ${count(trials.length)}`)] : [];
  return [dim(first!), ...colored, ...more];
}

function bestLines({ selection, trials, metric, direction, history }: SweepSummary): string[] {
  if (selection.best === null || history !== null) return [];
  const { bound, trial } = trials[selection.best - 1]!;
  const least = direction === 'maximize' ? 'at least' : 'at most';
  const all = `for all ${count(selection.compared)} at once`;
  const text = `trial ${trial}; its difference to the benchmark is ${least} ${formatOf(metric)(bound)} (95 %, ${all})`;
  return labeled('Best', text);
}

function freshLines({ fresh, episodes, metric }: SweepSummary, { benchmark }: SweepManifest): string[] {
  if (fresh === null) return [];
  const against = benchmark === 'zero' ? '' : `; difference to the benchmark ${withInterval(fresh.difference, metric)}`;
  const paths = episodes === 1 ? '1 path' : `${count(episodes)} paths`;
  const what = `trial ${fresh.trial} on ${paths} that no trial has seen (seed ${fresh.seed})`;
  return labeled('Fresh', `${what}: ${metric} ${withInterval(fresh.metric, metric)}${against}`);
}

function refusedLines({ refused }: SweepSummary): string[] {
  if (refused.count === 0) return [];
  const reasons = refused.reasons.slice(0, REASONS_SHOWN).map(({ rule, count: times }) => `${rule} (${count(times)})`);
  const combinations = refused.count === 1 ? '1 combination' : `${count(refused.count)} combinations`;
  return labeled('Skipped', `${combinations} that cannot be run: ${reasons.join('; ')}`);
}

function withInterval({ value, low, high }: PlainEstimate, metric: string): string {
  const format = formatOf(metric);
  return low === null ? format(value) : `${format(value)} (95 % CI ${format(low)} to ${format(high)})`;
}
