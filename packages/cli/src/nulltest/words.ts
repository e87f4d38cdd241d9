import { type DriftlessMarket, type EdgeTest, type NullTest, wasMade } from '@ergodic/analysis';
import type { InTime } from '@ergodic/core';
import { count, percent as percentOf } from '../format.ts';

const NO_BREAK = '\u00a0';

/** Does not break within a line. */
export function percent(value: number): string {
  return percentOf(value).replace(' ', NO_BREAK);
}

/** What stands out in the order of a history at this chance or below. */
const REMARKABLE = 0.01;

/** `a driftless geometric Brownian motion with 70 % volatility a year` */
export function driftlessInWords({ process, volatility }: DriftlessMarket): string {
  const size = process === 'gbm' ? inTime(volatility, short) : `${inTime(volatility, plain)} (price units)`;
  return `a driftless ${process === 'gbm' ? 'geometric' : 'arithmetic'} Brownian motion with ${size} volatility a year`;
}

function inTime(value: InTime, format: (value: number) => string): string {
  if (typeof value === 'number') return format(value);
  const values = value.map((change) => change.value);
  return `${format(Math.min(...values))} to ${format(Math.max(...values))}`;
}

function short(value: number): string {
  return `${plain(100 * value)}${NO_BREAK}%`;
}

function plain(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

/** The markets that stand for those of the config, one sentence for those that are alike. */
export function marketsInWords(markets: NullTest['martingale']['markets']): string {
  const bySentence = new Map<string, string[]>();
  for (const [symbol, market] of Object.entries(markets)) {
    const text = `${driftlessInWords(market)}${market.isMeasured ? ', as measured on it' : ''}`;
    bySentence.set(text, [...(bySentence.get(text) ?? []), symbol]);
  }
  return [...bySentence].map(([text, symbols]) => `${symbols.join(', ')}: ${text}`).join('; ');
}

/** The verdict in one or two sentences. */
export function verdictInWords(test: NullTest): string {
  const { verdict, martingale, shuffled } = test;
  switch (verdict) {
    case 'sees the future': {
      const isSeen = martingale.verdict === 'sees the future';
      const found = isSeen || !wasMade(shuffled) ? martingale : shuffled;
      const place = isSeen ? placeInWords(test) : 'on its own returns in random order';
      return `Sees the future, it seems. It earned ${earned(found)} ${place}, where nobody can earn anything.`;
    }
    case 'keeps state':
      return 'Keeps state between episodes: some came out differently when they ran again. What it returns depends on what ran before.';
    case 'no sign of it': {
      const tests = wasMade(shuffled) ? [martingale, shuffled] : [martingale];
      const edge = Math.max(...tests.filter((one) => one.verdict === verdict).map(({ detectable }) => detectable));
      return `No sign that it sees the future. A mean gain of ${percent(edge)} an episode would have been found with a probability of 90${NO_BREAK}%.`;
    }
    case 'cannot tell':
      return `Cannot tell: ${martingale.reason}${seldomInWords(test)}.`;
  }
}

/** Student's t with two decimals. */
export function certainty(t: number): string {
  return Number.isFinite(t) ? t.toFixed(2) : '–';
}

function placeInWords({ martingale: { markets } }: NullTest): string {
  const all = Object.values(markets);
  const [first] = all;
  const isOne = first !== undefined && all.every((market) => driftlessInWords(market) === driftlessInWords(first));
  return isOne ? `under ${driftlessInWords(first)}` : 'under driftless Brownian motions';
}

function earned({ gain, gainPerStep, t }: EdgeTest): string {
  const spread = Number.isFinite(t) ? `t${NO_BREAK}=${NO_BREAK}${certainty(t)}` : 'the same in every episode';
  return `${percent(gain)} of the initial cash an episode (${short(gainPerStep)} a step, ${spread})`;
}

/** A strategy that trades on its own markets only may know them. */
function seldomInWords({ martingale, ownFills }: NullTest): string {
  if (martingale.traded > 0 || ownFills === 0) return '';
  return ` on a market without drift, though it does on its own (${count(Math.max(1, ownFills))} fills an episode)`;
}

/** What the true order of a history is worth. */
export function orderInWords({ order }: NullTest): string {
  if (!wasMade(order)) return `left out: ${order.leftOut}`;
  const { totalReturn, median, shuffles, asGood, p, fills } = order;
  if (fills === 0) return 'the strategy never traded on the history';
  const result = `${percent(totalReturn)} on the history, ${percent(median)} on its candles in random order (median of ${count(shuffles)})`;
  const rank = `${count(asGood)} of them did as well: p = ${p.toFixed(3)}`;
  if (p > REMARKABLE) return `${result}; ${rank}. That may be luck.`;
  return `${result}; ${rank}. An edge that exists only in the true order is skill on serial dependence, or memory of this very file; this test cannot tell which.`;
}

export function stateInWords({ mismatches }: NullTest): string {
  const found = Object.entries(mismatches).map(([name, episodes]) => `${name} ${episodes.join(', ')}`);
  if (found.length === 0) return 'episodes that ran a second time, after others, came out the same';
  return `different when they ran again: ${found.join('; ')}. A variable outside of the strategy’s instance, a clock or Math.random does that`;
}
