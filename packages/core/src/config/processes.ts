import { z } from 'zod';
import { DURATION_PATTERN, durationMs } from './duration.ts';

const finite = z.number();
const positive = z.number().positive();
const deviation = z.number().min(0);
const fraction = z.number().min(0).max(1);

/** A number, or one that changes at given times. */
function inTime(value: z.ZodNumber): z.ZodType<number | readonly Change[]> {
  const change = z.strictObject({
    from: z
      .string()
      .regex(DURATION_PATTERN, { error: 'must be a duration since the start, such as 0h, 12h or 30d' })
      .describe('Since the start of the episode.'),
    value,
  });
  return z.union([value, z.array(change).min(1, { error: 'needs at least one entry' }).superRefine(checkOrder)]);
}

export interface Change {
  readonly from: string;
  readonly value: number;
}

function checkOrder(changes: readonly Change[], context: z.RefinementCtx): void {
  for (const [i, { from }] of changes.entries()) {
    const isFirst = i === 0;
    const at = durationMs(from);
    const before = isFirst ? 0 : durationMs(changes[i - 1]!.from);
    if (isFirst ? at === 0 : at > before) continue;
    context.addIssue({
      code: 'custom',
      path: [i, 'from'],
      message: isFirst ? 'must be 0h: the first value holds from the start' : 'must be later than the entry before it',
      input: from,
    });
  }
}

/** Numbers that make sense together: the rule in words where they do not. */
export type Check<T> = (parameters: T) => string | undefined;

export function checked<T>(check: Check<T>, path: string[] = []): (parameters: T, context: z.RefinementCtx) => void {
  return (parameters, context) => {
    const rule = check(parameters);
    // A copy: the parser writes the place of the whole in front of it.
    if (rule !== undefined) context.addIssue({ code: 'custom', path: [...path], message: rule });
  };
}

const drift = finite.default(0).describe('Per year; E[S_T] = S_0 exp(drift T).');
const volatility = deviation.describe('Per square root of a year, as a fraction.');
const meanReversionSpeed = positive.describe('Per year.');
const correlation = z.number().min(-1).max(1).default(0).describe('Of the shocks of price and variance.');
const jumps = {
  jumpIntensity: z.number().min(0).describe('Jumps per year.'),
  jumpMean: finite.describe('Mean of the log jump.'),
  jumpDeviation: deviation.describe('Standard deviation of the log jump.'),
};

const variance = {
  initialVariance: deviation
    .optional()
    .describe('Squared volatility at the start, per year; default: longRunVariance.'),
  longRunVariance: positive.describe('Squared volatility, per year.'),
  meanReversionSpeed,
  volOfVol: deviation.describe('Per square root of a year: dv = … + volOfVol √v dW.'),
  correlation,
};
const garch = {
  volatility: positive.describe('In the long run, per square root of a year.'),
  alpha: deviation.describe('Weight of the last squared shock; for steps of the run’s interval.'),
  beta: deviation.describe('Weight of the last variance; for steps of the run’s interval.'),
  degreesOfFreedom: z.number().gt(2).optional().describe('Of Student-t shocks; without it they are normal.'),
};

/** Parameters of each process, without its price: markets have all of them, regimes some. */
export const shapes = {
  gbm: {
    process: z.literal('gbm'),
    drift: inTime(finite)
      .default(0)
      .describe('Per year; E[S_T] = S_0 exp(drift T). A number, or [{ from, value }, …].'),
    volatility: inTime(deviation).describe(
      'Per square root of a year, as a fraction. A number, or [{ from, value }, …].',
    ),
  },
  abm: {
    process: z.literal('abm'),
    drift: inTime(finite)
      .default(0)
      .describe('Quote currency per year; E[S_T] = S_0 + drift T. A number, or [{ from, value }, …].'),
    volatility: inTime(deviation).describe(
      'Quote currency per square root of a year. A number, or [{ from, value }, …].',
    ),
  },
  ou: {
    process: z.literal('ou'),
    meanReversionSpeed,
    longRunMean: finite.describe('Quote currency.'),
    volatility: deviation.describe('Quote currency per square root of a year.'),
  },
  'exp-ou': {
    process: z.literal('exp-ou'),
    meanReversionSpeed,
    longRunMean: positive.describe('Mean of the price in the long run, quote currency.'),
    volatility,
  },
  cir: {
    process: z.literal('cir'),
    meanReversionSpeed,
    longRunMean: positive.describe('Quote currency.'),
    volatility: deviation.describe('Of dS = … + volatility √S dW: √(quote currency) per square root of a year.'),
  },
  cev: {
    process: z.literal('cev'),
    drift,
    volatility: deviation.describe('Local volatility at the initial price, per square root of a year, as a fraction.'),
    elasticity: z
      .number()
      .min(0)
      .lt(1, { error: 'must be less than 1; at 1 it is gbm' })
      .describe('Exponent of the price in dS = … + c S^elasticity dW.'),
  },
  merton: { process: z.literal('merton'), drift, volatility, ...jumps },
  kou: {
    process: z.literal('kou'),
    drift,
    volatility,
    jumpIntensity: jumps.jumpIntensity,
    upProbability: fraction.describe('Probability that a jump goes up.'),
    upRate: z
      .number()
      .gt(1, { error: 'must be greater than 1, or the expected price is infinite' })
      .describe('1 / mean log size of jumps up.'),
    downRate: positive.describe('1 / mean log size of jumps down.'),
  },
  'variance-gamma': {
    process: z.literal('variance-gamma'),
    drift,
    volatility: positive.describe('Of the Brownian motion in business time, per square root of a year.'),
    skew: finite.default(0).describe('Drift of the Brownian motion in business time, per year.'),
    varianceRate: positive.describe('Variance of the business time of one year, years.'),
  },
  heston: { process: z.literal('heston'), drift, ...variance },
  bates: { process: z.literal('bates'), drift, ...variance, ...jumps },
  garch: { process: z.literal('garch'), drift, ...garch },
  'gjr-garch': {
    process: z.literal('gjr-garch'),
    drift,
    ...garch,
    gamma: deviation.describe('Added to alpha after a shock below zero.'),
  },
  fbm: {
    process: z.literal('fbm'),
    drift,
    volatility: deviation.describe('Standard deviation of the log return of one year.'),
    hurst: z.number().gt(0).lt(1).describe('Below 0.5 returns reverse, above they persist; 0.5 is gbm.'),
  },
  'rough-volatility': {
    process: z.literal('rough-volatility'),
    drift,
    volatility: positive.describe('Square root of the expected variance, per square root of a year.'),
    volOfVol: deviation.describe(
      'η of the rough Bergomi model: the log variance has standard deviation volOfVol·t^hurst.',
    ),
    hurst: z.number().gt(0).lt(0.5).describe('Roughness of the log variance.'),
    correlation,
  },
  'hawkes-jumps': {
    process: z.literal('hawkes-jumps'),
    drift,
    volatility,
    baseIntensity: z.number().min(0).describe('Jumps per year that no other jump caused.'),
    excitation: z.number().min(0).describe('By how much each jump raises the intensity, per year.'),
    decay: positive.describe('Rate at which the raised intensity falls back, per year.'),
    jumpMean: jumps.jumpMean,
    jumpDeviation: jumps.jumpDeviation,
  },
};

export const checkGarch: Check<{ alpha: number; beta: number; gamma?: number }> = ({ alpha, beta, gamma = 0 }) =>
  alpha + beta + gamma / 2 < 1
    ? undefined
    : `alpha + beta${gamma > 0 ? ' + gamma / 2' : ''} must be less than 1, or the variance has no long run`;
export const checkVarianceGamma: Check<{ volatility: number; skew: number; varianceRate: number }> = (parameters) => {
  const { volatility: sigma, skew, varianceRate } = parameters;
  return skew * varianceRate + (sigma * sigma * varianceRate) / 2 < 1
    ? undefined
    : 'skew · varianceRate + volatility² · varianceRate / 2 must be less than 1, or the expected price is infinite';
};
export const checkHawkes: Check<{ excitation: number; decay: number }> = ({ excitation, decay }) =>
  excitation < decay ? undefined : 'excitation must be less than decay, or the jumps never end';
