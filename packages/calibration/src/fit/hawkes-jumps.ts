import { maximumLikelihood } from '../numerics/maximum-likelihood.ts';
import { propagated } from '../numerics/sandwich.ts';
import { above, between, positive, scaled } from '../numerics/transforms.ts';
import type { Calibrator, PriceSample } from './estimate.ts';
import { movingReturnsOf } from './moving-returns.ts';
import { estimateOf } from './result.ts';
import { sumOfLogPrices } from './sample.ts';

const TWO_PI = 2 * Math.PI;
/** The diffusion has at least this part of the sample's volatility: on returns that are all 0 the likelihood would have no end. */
const LEAST = 0.01;
/** Numbers of jumps in a step that are less likely than this are left out, */
const NEGLIGIBLE = 1e-12;
/** and more than so many. */
const MAX_JUMPS = 30;
/** Returns beyond this many standard deviations of a diffusion count as jumps for the first guess. */
const JUMP_SIZE = 4;
/** E|Z| of a standard normal. */
const MEAN_SIZE = Math.sqrt(2 / Math.PI);

const NAMES = ['drift', 'volatility', 'baseIntensity', 'excitation', 'decay', 'jumpMean', 'jumpDeviation'] as const;

/** Parameters of the process, in the order of NAMES. */
export type HawkesJumps = readonly [
  drift: number,
  volatility: number,
  baseIntensity: number,
  excitation: number,
  decay: number,
  jumpMean: number,
  jumpDeviation: number,
];

/**
 * Quasi log-likelihood of log returns. Which returns hold jumps is hidden: as in Chan and Maheu (2002),
 * "Conditional jump dynamics in stock market returns", the intensity is raised by the number of jumps to be expected given each return,
 * spread over its step. So jumps too small to be seen count for what they are likely to be. Given the intensity, the return is
 * a mixture over Poisson numbers of jumps. Between steps the raised part decays as the process says (Ozaki 1979).
 */
export function hawkesLogLikelihood(returns: Float64Array, yearsPerStep: number, values: HawkesJumps): number {
  const [drift, volatility, base, excitation, decay, jumpMean, jumpDeviation] = values;
  const dt = yearsPerStep;
  const variance = volatility * volatility * dt;
  const jumpVariance = jumpDeviation * jumpDeviation;
  const compensator = Math.expm1(jumpMean + jumpVariance / 2);
  const mean = drift * dt - variance / 2;
  // The raised part of the intensity dies out at `decay`, but the jumps it causes within the step slow that down.
  const net = decay - excitation;
  const fading = -Math.expm1(-net * dt) / net;
  const level = base / (1 - excitation / decay);
  const decayed = Math.exp(-decay * dt);
  const raise = (excitation * -Math.expm1(-decay * dt)) / (decay * dt);
  let raised = level - base;
  let total = 0;
  for (let t = 0; t < returns.length; t++) {
    const expected = level * dt + (base + raised - level) * fading;
    const shock = returns[t]! - mean + compensator * expected;
    let probability = Math.exp(-expected);
    let density = 0;
    let jumps = 0;
    for (let n = 0; n <= MAX_JUMPS; n++) {
      const spread = variance + n * jumpVariance;
      const rest = shock - n * jumpMean;
      const joint = (probability * Math.exp((-rest * rest) / (2 * spread))) / Math.sqrt(TWO_PI * spread);
      density += joint;
      jumps += n * joint;
      probability *= expected / (n + 1);
      if (probability < NEGLIGIBLE && n >= expected) break;
    }
    total += Math.log(density);
    raised = raised * decayed + (raise * jumps) / density;
  }
  return total;
}

/** Geometric Brownian motion with jumps that excite further jumps. */
export const hawkesJumps: Calibrator = {
  name: 'hawkes-jumps',
  process: 'hawkes-jumps',
  method: 'quasi maximum likelihood (filtered jump intensity)',
  source: 'Chan and Maheu (2002), Conditional jump dynamics in stock market returns',
  minimumPrices: 500,
  fit(sample: PriceSample) {
    const { yearsPerStep } = sample;
    const { returns, variance } = movingReturnsOf(hawkesJumps, sample);
    const leastVolatility = LEAST * Math.sqrt(variance / yearsPerStep);
    const n = returns.length;
    const guess = firstGuess(returns, yearsPerStep, 2 * leastVolatility);
    /** The searched numbers: the branching ratio excitation / decay stands in for the excitation, and must be below 1. */
    const toParameters = ([d, v, level, branching, decay, m, s]: readonly number[]): HawkesJumps => [
      d!,
      v!,
      level! * (1 - branching!),
      branching! * decay!,
      decay!,
      m!,
      s!,
    ];
    const likelihood = (values: readonly number[]): number =>
      hawkesLogLikelihood(returns, yearsPerStep, toParameters(values));
    const start = (branching: number, lifeInSteps: number): number[] => [
      guess.drift,
      guess.volatility,
      guess.intensity,
      branching,
      1 / (lifeInSteps * yearsPerStep),
      guess.jumpMean,
      guess.jumpDeviation,
    ];
    const candidates = [start(0.3, 3), start(0.6, 10), start(0.8, 50)];
    candidates.sort((a, b) => likelihood(b) - likelihood(a));
    const names = ['drift', 'volatility', 'mean intensity', 'branching ratio', 'decay', 'jumpMean', 'jumpDeviation'];
    const fit = maximumLikelihood({
      names,
      transforms: [
        scaled(guess.volatility / Math.sqrt(n * yearsPerStep)),
        above(leastVolatility),
        positive,
        between(0, 1),
        positive,
        scaled(guess.jumpDeviation),
        positive,
      ],
      starts: candidates.slice(0, 2),
      negativeLogLikelihood: (values) => -likelihood(values),
      options: { tolerance: 1e-3 },
    });
    const covariance = fit.covariance === null ? null : propagated(toParameters, fit.values, fit.covariance);
    const values = toParameters(fit.values);
    const isAtEdge = fit.standardErrors[3] === null || fit.standardErrors[4] === null;
    const standardErrors = NAMES.map((name, i) => {
      if (covariance === null || fit.standardErrors[i] === null) return null;
      // A bias of the size of its error: see the remark.
      if (name === 'baseIntensity') return null;
      // Where jumps do not excite each other, or at once, neither number means anything.
      if (isAtEdge && (name === 'excitation' || name === 'decay')) return null;
      return Math.sqrt(covariance[i]![i]!);
    });
    const remarks = [
      ...fit.remarks,
      'baseIntensity has no error: where small jumps hide among the other returns it comes out low, by a tenth or so',
    ];
    const perStep = fit.values[2]! * yearsPerStep;
    if (perStep > 0.1) {
      remarks.push(
        `${perStep.toFixed(2)} jumps a step: the jumps describe the everyday spread of returns, not rare events`,
      );
    }
    return estimateOf(hawkesJumps, {
      names: NAMES,
      values,
      standardErrors,
      covariance,
      logLikelihood: fit.logLikelihood - sumOfLogPrices(sample),
      observations: n,
      remarks,
    });
  },
};

/** Of returns beyond a threshold over what neighbours say of the diffusion (bipower variation: Barndorff-Nielsen and Shephard 2004). */
function firstGuess(returns: Float64Array, yearsPerStep: number, leastVolatility: number) {
  const n = returns.length;
  let bipower = 0;
  let mean = 0;
  for (let t = 1; t < n; t++) bipower += Math.abs(returns[t]! * returns[t - 1]!);
  for (const r of returns) mean += r / n;
  const deviation = Math.max(Math.sqrt(bipower / (n - 1)) / MEAN_SIZE, leastVolatility * Math.sqrt(yearsPerStep));
  const jumps = returns.filter((r) => Math.abs(r - mean) > JUMP_SIZE * deviation);
  const second = jumps.reduce((sum, r) => sum + (r - mean) * (r - mean), 0) / Math.max(1, jumps.length);
  const volatility = deviation / Math.sqrt(yearsPerStep);
  return {
    drift: mean / yearsPerStep + (volatility * volatility) / 2,
    volatility,
    intensity: Math.max(1, jumps.length) / (n * yearsPerStep),
    jumpMean: 0,
    jumpDeviation: jumps.length === 0 ? JUMP_SIZE * deviation : Math.sqrt(second),
  };
}
