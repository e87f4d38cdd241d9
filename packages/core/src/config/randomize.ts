import { z } from 'zod';
import { DURATION_PATTERN, durationMs } from './duration.ts';
import { normalMass } from './normal-mass.ts';

/** Less than this part of a normal distribution between its bounds takes too many draws to hit. */
const LEAST_MASS = 1e-6;

const finite = z.number();
const bound = z
  .union([finite, z.string().regex(DURATION_PATTERN, { error: 'must be a number, or a duration such as 250ms' })])
  .describe('A number, or a duration such as 250ms.');

/** Bounds [from, to] of one kind. */
const range = z.tuple([bound, bound]);
type Bound = z.output<typeof bound>;

function fail(context: z.RefinementCtx, path: (string | number)[], message: string, input: unknown): void {
  context.addIssue({ code: 'custom', path, message, input });
}

function checkRange(name: string, isLogarithmic: boolean) {
  return (distribution: Record<string, readonly [Bound, Bound]>, context: z.RefinementCtx): void => {
    const [from, to] = distribution[name]!;
    if (typeof from !== typeof to) {
      fail(context, [name], 'must have two numbers or two durations', [from, to]);
      return;
    }
    // What is no duration has an issue of its own.
    if ([from, to].some((one) => typeof one === 'string' && !DURATION_PATTERN.test(one))) return;
    const [low, high] = [from, to].map((one) => (typeof one === 'string' ? durationMs(one) : one)) as [number, number];
    if (isLogarithmic && !(low > 0)) fail(context, [name, 0], 'must be greater than 0 to have a logarithm', from);
    if (low > high) fail(context, [name], 'must be [from, to], from not above to', [from, to]);
    if (!Number.isFinite(high - low)) fail(context, [name], 'must be of finite width', [from, to]);
  };
}

interface Normal {
  readonly mean: number;
  readonly deviation: number;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

function checkNormal({ normal }: { normal: Normal }, context: z.RefinementCtx): void {
  const { mean, deviation, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = normal;
  if (!(min < max)) {
    fail(context, ['normal', 'max'], `must be greater than min ${min}`, max);
    return;
  }
  const mass = normalMass((min - mean) / deviation, (max - mean) / deviation);
  if (mass >= LEAST_MASS) return;
  const share = mass === 0 ? 'none' : mass.toExponential(1);
  const rule = `must have at least ${LEAST_MASS} of the distribution between min and max, ${share} of it is`;
  fail(context, ['normal'], rule, normal);
}

function checkChoice(
  { choice, weights }: { choice: unknown[]; weights?: number[] | undefined },
  context: z.RefinementCtx,
): void {
  if (weights === undefined) return;
  if (weights.length !== choice.length) {
    fail(context, ['weights'], `must have ${choice.length} numbers, one for each value`, weights);
    return;
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && total < Number.POSITIVE_INFINITY)) {
    fail(context, ['weights'], 'must have a sum above 0, and finite', weights);
  }
}

const distribution = z.union([
  z.strictObject({ uniform: range.describe('[from, to]') }).superRefine(checkRange('uniform', false)),
  z
    .strictObject({ logUniform: range.describe('[from, to], both positive: the logarithm is uniform.') })
    .superRefine(checkRange('logUniform', true)),
  z
    .strictObject({ integer: z.tuple([z.int(), z.int()]).describe('[from, to]: whole numbers, both ends included.') })
    .superRefine(checkRange('integer', false)),
  z
    .strictObject({
      normal: z.strictObject({
        mean: finite,
        deviation: z.number().positive(),
        min: finite.optional().describe('Values below are drawn again.'),
        max: finite.optional().describe('Values above are drawn again.'),
      }),
    })
    .superRefine(checkNormal),
  z
    .strictObject({
      choice: z
        .array(z.unknown())
        .min(1, { error: 'needs at least one value' })
        .describe('One of these, with equal chances.'),
      weights: z.array(z.number().min(0)).optional().describe('Chances of the values, if not equal.'),
    })
    .superRefine(checkChoice),
  z.strictObject({
    estimate: z
      .record(z.string().min(1), finite)
      .refine((values) => Object.keys(values).length > 0, { error: 'needs at least one parameter' })
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
