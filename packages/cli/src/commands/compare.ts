import { compareRuns, MarketsDifferError, StoredRun } from '@ergodic/analysis';
import { hintFor } from '@ergodic/core';
import { comparisonJson } from '../compare/json.ts';
import { comparisonMarkdown } from '../compare/markdown.ts';
import { refusalText } from '../compare/refusal.ts';
import { renderComparison } from '../compare/render.ts';
import { UsageError } from '../config/errors.ts';
import { quoteWord } from '../format.ts';
import { print, printJson } from '../output.ts';
import { resolveRun, typed } from '../runs.ts';

export interface CompareCommandOptions {
  readonly metric?: readonly string[];
  readonly unpaired?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

export async function compare(
  baseline: string,
  others: readonly string[],
  { metric = ['totalReturn'], unpaired = false, json = false, markdown = false }: CompareCommandOptions,
): Promise<number> {
  if (json && markdown) throw new UsageError('--json and --markdown: print one document; leave one of them out');
  const dirs: string[] = [];
  for (const given of [baseline, ...others]) dirs.push(await resolveRun(given));
  const metrics = [...new Set(metric)];
  const runs: StoredRun[] = [];
  try {
    for (const dir of dirs) runs.push(await StoredRun.open(dir));
    checkMetrics(runs, metrics);
    const comparison = await compareRuns(runs, { metrics, isUnpaired: unpaired });
    if (json) printJson(comparisonJson(comparison));
    else print(markdown ? comparisonMarkdown(comparison) : renderComparison(comparison));
    return 0;
  } catch (error) {
    if (!(error instanceof MarketsDifferError)) throw error;
    const command = ['ergodic', 'compare', ...dirs.map((dir) => typed(dir)), ...metricOptions(metric), '--unpaired'];
    throw new UsageError(refusalText(error, command.join(' ')));
  } finally {
    for (const run of runs) run.close();
  }
}

function metricOptions(metrics: readonly string[]): string[] {
  const isDefault = metrics.length === 1 && metrics[0] === 'totalReturn';
  return isDefault ? [] : metrics.map((name) => `--metric ${quoteWord(name)}`);
}

function checkMetrics(runs: readonly StoredRun[], metrics: readonly string[]): void {
  for (const { dir, manifest } of runs) {
    const { fields } = manifest.layout;
    const unknown = metrics.find((name) => !fields.includes(name));
    if (unknown === undefined) continue;
    throw new UsageError(
      `--metric ${unknown}: must be a column of the episodes of ${typed(dir)}; ${hintFor(unknown, fields)}`,
    );
  }
}
