import fc from 'fast-check';
import { parameterSchema } from '../../src/config/parameters.ts';
import { STEP_CAPACITY, STEP_SLOTS, StepColumns } from '../../src/events/steps.ts';
import { builtinRewards } from '../../src/reward/index.ts';
import type { RewardTerm } from '../../src/reward/term.ts';

/** What an episode's steps were; index 0 is step 0. */
export interface Steps {
  readonly equity: readonly number[];
  readonly orders: readonly number[];
  /** One series a symbol. */
  readonly prices: readonly (readonly number[])[];
}

/** A reward term by name, with its defaults filled in as in a run. */
export function term(name: string, parameters: object = {}, symbols: readonly string[] = ['A', 'B']): RewardTerm {
  const definition = builtinRewards[name]!;
  const { use: _, ...checked } = parameterSchema(definition.parameters).parse({ use: name, ...parameters });
  return definition.create(checked as never, { symbols, initialCash: 1000 });
}

/** Feeds an episode to a term in blocks of the given sizes, with a rotation where `isRotated`; one value a step. */
export function evaluate(reward: RewardTerm, steps: Steps, chunks: readonly number[] = [], isRotated = true): number[] {
  const last = steps.equity.length - 1;
  const columns = new StepColumns(steps.prices.length);
  const write = (step: number, slot: number): void => {
    columns.equity[slot] = steps.equity[step]!;
    for (const [s, series] of steps.prices.entries()) columns.price[s]![slot] = series[step]!;
    columns.orders[slot] = steps.orders[step]!;
    columns.count = slot;
  };
  columns.begin();
  columns.initialEquity = steps.equity[0]!;
  write(0, 0);
  reward.begin();
  const out = new Float64Array(STEP_SLOTS);
  const rewards: number[] = [];
  for (let step = 0, chunk = 0; step < last; chunk++) {
    const size = Math.min(chunks[chunk] ?? STEP_CAPACITY, last - step, STEP_SLOTS - 1 - columns.count);
    const from = columns.count + 1;
    for (let i = 0; i < size; i++) write(step + 1 + i, from + i);
    if (size > 0) reward.evaluate(columns, from, columns.count, out);
    rewards.push(...out.slice(from, from + size));
    step += size;
    if (isRotated || columns.count === STEP_SLOTS - 1) columns.rotate();
  }
  return rewards;
}

const money = fc.double({ min: 1e-3, max: 5000, noNaN: true });

/** Episodes of up to 60 steps with up to 3 orders a step. */
export const episode: fc.Arbitrary<Steps> = fc.integer({ min: 1, max: 60 }).chain((length) => {
  const series = (value: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
    fc.array(value, { minLength: length + 1, maxLength: length + 1 });
  return fc.record({
    equity: series(money),
    orders: series(fc.nat(3)),
    prices: fc.tuple(series(money), series(money)),
  });
});
export const chunking = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 60 });
export const WINDOW = fc.integer({ min: 1, max: 12 });

export const drawdownOf = (series: readonly number[]): number => 1 - series.at(-1)! / Math.max(...series);
