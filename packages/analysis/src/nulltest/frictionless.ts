import { type Config, parsePath } from '@ergodic/core';

/** Keys of `execution` that cost something, or let what happens later in a candle decide how much of an order fills. */
const COSTS = ['fees', 'slippage', 'spread', 'impact', 'participationRate'];
/** Recorded episodes of each run: enough to look at. */
const RECORDED = 16;

/**
 * The config of a run that has no effect outside its directory: no outputs, no training, few records, no antithetic pairs.
 */
export function contained(config: Config): Config {
  const { training: _, record, ...rest } = config;
  const episodes = Math.min(record.episodes, RECORDED);
  return { ...rest, record: { ...record, episodes }, outputs: {}, antithetic: false };
}

/**
 * The config without anything that makes a fair bet unfair: fees and rebates, slippage, spread, impact and partial fills are gone, and so
 * are draws of them, of markets and of the ruin. Latency, the fill rule, sizes and limits stay, and so do their draws.
 */
export function frictionless(config: Config): Config {
  const { participationRate: _, ...execution } = config.execution;
  const randomize = Object.entries(config.randomize).filter(([text]) => isKept(text));
  return {
    ...contained(config),
    randomize: Object.fromEntries(randomize),
    execution: {
      ...execution,
      fees: { maker: 0, taker: 0 },
      slippage: { bps: 0 },
      spread: { bps: 0 },
      impact: { coefficient: 0 },
    },
  };
}

function isKept(text: string): boolean {
  const [root, key] = parsePath(text) ?? [];
  if (root === 'markets') return false;
  if (root === 'execution') return key !== undefined && !COSTS.includes(String(key));
  if (root === 'portfolio') return key !== undefined && key !== 'ruin';
  return true;
}
