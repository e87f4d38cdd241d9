import { logGamma } from '@ergodic/statistics';
import type { LikelihoodFit } from '../numerics/maximum-likelihood.ts';
import { maximumLikelihood } from '../numerics/maximum-likelihood.ts';
import { propagated, sandwich } from '../numerics/sandwich.ts';
import { above, between, positive, scaled } from '../numerics/transforms.ts';
import type { Calibrator, PriceSample } from './estimate.ts';
import { movingReturnsOf } from './moving-returns.ts';
import { estimateOf } from './result.ts';
import { sumOfLogPrices } from './sample.ts';

export interface GarchModel {
  /** Whether shocks below zero weigh more: gamma. */
  readonly hasLeverage: boolean;
  /** Whether shocks are of Student's t: degreesOfFreedom. */
  readonly hasTails: boolean;
}

const HALF_LOG_TWO_PI = 0.9189385332046727;
/** Names of the parameters in the order of their values. */
export function garchNames({ hasLeverage, hasTails }: GarchModel): string[] {
  return [
    'drift',
    'volatility',
    'alpha',
    ...(hasLeverage ? ['gamma'] : []),
    'beta',
    ...(hasTails ? ['degreesOfFreedom'] : []),
  ];
}

/**
 * Log-likelihood of each log return, in `out`: r = drift·dt − inMean·h + √h·ε, where h after a shock is
 * ω + (α + γ·1{ε < 0})·h·ε² + β·h. The first h is the sample variance (Bollerslev 1986). Returns their sum; −Infinity where
 * the parameters have no long-run variance.
 */
export function garchLogLikelihood(
  returns: Float64Array,
  yearsPerStep: number,
  model: GarchModel,
  values: readonly number[],
  { inMean = 0.5, firstVariance, out }: { inMean?: number; firstVariance: number; out?: Float64Array },
): number {
  const [drift, volatility, alpha] = values as [number, number, number];
  const gamma = model.hasLeverage ? values[3]! : 0;
  const beta = values[model.hasLeverage ? 4 : 3]!;
  const degrees = model.hasTails ? values.at(-1)! : Infinity;
  const persistence = alpha + gamma / 2 + beta;
  if (!(persistence < 1 && degrees > 2)) return -Infinity;
  const mean = drift * yearsPerStep;
  const omega = (1 - persistence) * volatility * volatility * yearsPerStep;
  const constant = model.hasTails
    ? logGamma((degrees + 1) / 2) - logGamma(degrees / 2) - Math.log(Math.PI * (degrees - 2)) / 2
    : -HALF_LOG_TWO_PI;
  let h = firstVariance;
  let total = 0;
  for (let t = 0; t < returns.length; t++) {
    const shock = returns[t]! - mean + inMean * h;
    const square = shock * shock;
    const tail = model.hasTails ? ((degrees + 1) / 2) * Math.log1p(square / (h * (degrees - 2))) : square / (2 * h);
    const value = constant - Math.log(h) / 2 - tail;
    total += value;
    if (out !== undefined) out[t] = value;
    h = omega + (shock < 0 ? alpha + gamma : alpha) * square + beta * h;
  }
  return total;
}

/** An alpha below this moves the variance by less than can be seen. */
const NO_CLUSTERS = 1e-3;
/** Fewer degrees of freedom than this have a variance only in name. */
const LEAST_DEGREES = 2.05;
/** Persistence is searched up to here: shocks to the variance halve in 7,000 steps. */
const MAX_PERSISTENCE = 0.9999;
/** A long-run volatility so many times the sample's, or so small a part of it, says that the sample does not tell it. */
const FAR = 3;

export interface GarchFit extends LikelihoodFit {
  /** The volatility is the sample's: the likelihood did not tell it. */
  readonly isTargeted: boolean;
}

/**
 * The fit of log returns, its errors those of quasi maximum likelihood.
 *
 * Where the variance is nearly integrated, the likelihood does not tell its long-run level. Then the volatility is set to the sample's
 * and the others are fitted given that (variance targeting: Engle and Mezrich 1996, "GARCH for groups").
 */
export function fitGarch(
  returns: Float64Array,
  yearsPerStep: number,
  model: GarchModel,
  options: { readonly inMean?: number } = {},
): GarchFit {
  const mean = returns.reduce((sum, r) => sum + r, 0) / returns.length;
  const firstVariance = returns.reduce((sum, r) => sum + (r - mean) * (r - mean), 0) / returns.length;
  const sample = { mean, firstVariance, volatility: Math.sqrt(firstVariance / yearsPerStep) };
  const fit = fitShape(returns, yearsPerStep, model, { ...options, ...sample, isTargeted: false });
  const ratio = fit.values[1]! / sample.volatility;
  return fit.standardErrors[1] !== null && ratio < FAR && ratio > 1 / FAR
    ? fit
    : fitShape(returns, yearsPerStep, model, { ...options, ...sample, isTargeted: true });
}

function fitShape(
  returns: Float64Array,
  yearsPerStep: number,
  model: GarchModel,
  sample: {
    readonly inMean?: number;
    readonly mean: number;
    readonly firstVariance: number;
    readonly volatility: number;
    readonly isTargeted: boolean;
  },
): GarchFit {
  const { hasLeverage, hasTails } = model;
  const { volatility, isTargeted } = sample;
  const drift = sample.mean / yearsPerStep + (volatility * volatility) / 2;
  const unit = between(0, 1);
  // Searched as persistence and shares of it, so that whatever the search tries has a long run.
  const names = [
    'drift',
    ...(isTargeted ? [] : ['volatility']),
    'persistence',
    'weight of the last shock',
    ...(hasLeverage ? ['gamma'] : []),
    ...(hasTails ? ['degreesOfFreedom'] : []),
  ];
  const transforms = [
    scaled(volatility / Math.sqrt(returns.length * yearsPerStep)),
    ...(isTargeted ? [] : [positive]),
    between(0, MAX_PERSISTENCE),
    unit,
    ...(hasLeverage ? [unit] : []),
    ...(hasTails ? [above(LEAST_DEGREES)] : []),
  ];
  const start = (persistence: number, share: number): number[] => [
    drift,
    ...(isTargeted ? [] : [volatility]),
    persistence,
    share,
    ...(hasLeverage ? [share / 2] : []),
    ...(hasTails ? [6] : []),
  ];
  const toParameters = (values: readonly number[]): number[] => {
    const [d, sigma, persistence, share, ...rest] = isTargeted
      ? [values[0]!, volatility, ...values.slice(1)]
      : (values as number[]);
    const leverage = hasLeverage ? rest[0]! : 0;
    const alpha = persistence! * share!;
    const other = persistence! - alpha;
    const gamma = 2 * other * leverage;
    return [
      d!,
      sigma!,
      alpha,
      ...(hasLeverage ? [gamma] : []),
      other * (1 - leverage),
      ...(hasTails ? [rest.at(-1)!] : []),
    ];
  };
  const likelihood = (values: readonly number[], out?: Float64Array): number =>
    garchLogLikelihood(returns, yearsPerStep, model, toParameters(values), {
      firstVariance: sample.firstVariance,
      ...(sample.inMean === undefined ? {} : { inMean: sample.inMean }),
      ...(out === undefined ? {} : { out }),
    });
  const candidates = [start(0.95, 0.05), start(0.98, 0.1), start(0.75, 0.2), start(0.99, 0.02)];
  candidates.sort((a, b) => likelihood(b) - likelihood(a));
  const fit = maximumLikelihood({
    names,
    transforms,
    starts: candidates.slice(0, 2),
    negativeLogLikelihood: (values) => -likelihood(values),
    options: { tolerance: 1e-4 },
  });
  const values = toParameters(fit.values);
  const nothing = { ...fit, values, standardErrors: values.map(() => null), isTargeted };
  if (fit.covariance === null) return nothing;
  const robust = sandwich((v, out) => likelihood(v, out), fit.values, fit.covariance, returns.length);
  const covariance = propagated(toParameters, fit.values, robust);
  const isAtEdge = (name: string): boolean => names.includes(name) && fit.standardErrors[names.indexOf(name)] === null;
  const standardErrors = garchNames(model).map((name, i) => {
    // At the edge of persistence the level of the variance means nothing.
    if (isAtEdge(name) || (name === 'volatility' && (isTargeted || isAtEdge('persistence')))) return null;
    return covariance[i]![i]! > 0 ? Math.sqrt(covariance[i]![i]!) : null;
  });
  return { ...nothing, covariance, standardErrors };
}

function garchCalibrator(name: string, model: GarchModel): Calibrator {
  const process = model.hasLeverage ? 'gjr-garch' : 'garch';
  const shocks = model.hasTails ? 'Student-t' : 'normal';
  const calibrator: Calibrator = {
    name,
    process,
    method: `quasi maximum likelihood with ${shocks} shocks, robust errors`,
    source: model.hasLeverage
      ? 'Glosten, Jagannathan and Runkle (1993), On the relation between the expected value and the volatility of the nominal excess return on stocks'
      : `Bollerslev (${model.hasTails ? '1987), A conditionally heteroskedastic time series model for speculative prices and rates of return' : '1986), Generalized autoregressive conditional heteroskedasticity'}`,
    minimumPrices: 100,
    fit(sample: PriceSample) {
      const { returns } = movingReturnsOf(calibrator, sample);
      const fit = fitGarch(returns, sample.yearsPerStep, model);
      const names = garchNames(model);
      const remarks = [...fit.remarks];
      if (fit.isTargeted) {
        const isStill = fit.values[2]! < NO_CLUSTERS && (fit.standardErrors[2] === null || !model.hasLeverage);
        remarks.push(
          isStill
            ? 'the returns show no clusters of volatility: alpha is next to 0, beta means nothing, and volatility is that of the sample'
            : 'shocks to the variance hardly die out, so the likelihood does not tell the long-run volatility: it is set to that of the sample',
        );
      }
      return estimateOf(calibrator, {
        names,
        values: fit.values,
        standardErrors: fit.standardErrors,
        covariance: fit.covariance,
        logLikelihood: fit.logLikelihood - sumOfLogPrices(sample),
        observations: returns.length,
        remarks,
      });
    },
  };
  return calibrator;
}

/** GARCH(1,1) with normal shocks. */
export const garch: Calibrator = garchCalibrator('garch', { hasLeverage: false, hasTails: false });
/** GARCH(1,1) with Student-t shocks. */
export const garchT: Calibrator = garchCalibrator('garch-t', { hasLeverage: false, hasTails: true });
/** GJR-GARCH with normal shocks. */
export const gjrGarch: Calibrator = garchCalibrator('gjr-garch', { hasLeverage: true, hasTails: false });
/** GJR-GARCH with Student-t shocks. */
export const gjrGarchT: Calibrator = garchCalibrator('gjr-garch-t', { hasLeverage: true, hasTails: true });
