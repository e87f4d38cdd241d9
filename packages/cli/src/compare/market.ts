import { basename } from 'node:path';
import type { CandidateComparison, ConfigDifference, RunComparison } from '@ergodic/analysis';
import { formatPath, parsePath, preview } from '@ergodic/core';
import type { Manifest } from '@ergodic/workers';
import { marketInWords, parametersInWords } from '../report/words.ts';

/** The model that all probabilities hold under: `BTC/USDT: geometric Brownian motion from …`. */
export function modelInWords({ config }: Pick<Manifest, 'config'>): string {
  const markets = Object.entries(config.markets).map(
    ([symbol, market]) => `${symbol}: ${marketInWords(market, config.calendar.daysPerYear)}`,
  );
  const drawn = Object.keys(config.randomize).filter((path) =>
    ['markets', 'steps'].includes(String(parsePath(path)?.[0])),
  );
  const draws = drawn.length === 0 ? '' : `; drawn anew for each episode: ${drawn.join(', ')}`;
  return `${markets.join('; ')}${draws}`;
}

/** `strategy.slow 50 → 60`; a value that one of them lacks is named so. */
export function differenceInWords({ path, a, b }: ConfigDifference): string {
  return `${formatPath(path)} ${valueInWords(a)} → ${valueInWords(b)}`;
}

export function valueInWords(value: unknown): string {
  if (value === undefined) return 'not set';
  return typeof value === 'string' ? value : preview(value);
}

/** `sma-cross, fast 10, slow 50` */
export function strategyInWords({ config }: Pick<Manifest, 'config'>): string {
  const { use, ...parameters } = config.strategy;
  const text = parametersInWords(parameters);
  return text === '' ? basename(use) : `${basename(use)}, ${text}`;
}

/** What a run does otherwise than the baseline. */
export function changesInWords({ changes }: Pick<CandidateComparison, 'changes'>): string {
  return changes.length === 0 ? 'the same config' : changes.map(differenceInWords).join(', ');
}

/** Unpaired runs on different markets: a difference may be one of the markets. */
export function marketsApart({ candidates }: RunComparison): string[] {
  return candidates.flatMap(({ run, marketDifferences }) => {
    const beyondSeed = marketDifferences.filter(({ path }) => path[0] !== 'seed').map(differenceInWords);
    if (beyondSeed.length === 0) return [];
    return [`The market of ${run.label} differs too, so a difference may be the market's: ${beyondSeed.join(', ')}.`];
  });
}
