import { z } from 'zod';
import { DURATION_PATTERN } from './duration.ts';

const finite = z.number();
const bound = z.union([finite, z.string().regex(DURATION_PATTERN)]).describe('A number, or a duration such as 250ms.');

/** Bounds [from, to] of one kind. */
const range = z.tuple([bound, bound]);

const distribution = z.union([
  z.strictObject({ uniform: range.describe('[from, to]') }),
  z.strictObject({ logUniform: range.describe('[from, to], both positive: the logarithm is uniform.') }),
  z.strictObject({ integer: z.tuple([z.int(), z.int()]).describe('[from, to]: whole numbers, both ends included.') }),
  z.strictObject({
    normal: z.strictObject({
      mean: finite,
      deviation: z.number().positive(),
      min: finite.optional().describe('Values below are drawn again.'),
      max: finite.optional().describe('Values above are drawn again.'),
    }),
  }),
  z.strictObject({
    choice: z
      .array(z.unknown())
      .min(1, { error: 'needs at least one value' })
      .describe('One of these, with equal chances.'),
    weights: z.array(z.number().min(0)).optional().describe('Chances of the values, if not equal.'),
  }),
  z.strictObject({
    estimate: z
      .record(z.string().min(1), finite)
      .describe('Parameters of the market at this path, as ergodic calibrate found them.'),
    covariance: z
      .array(z.array(finite))
      .describe('Of the estimates, in their order: the parameters are drawn together from this normal distribution.'),
  }),
]);

export const randomize = z
  .record(z.string().min(1), distribution)
  .default({})
  .describe('Values of the config that are drawn anew for each episode, by path: "markets.BTC/USDT.volatility".');

export type Distribution = z.output<typeof distribution>;
export type RandomizeConfig = z.output<typeof randomize>;
