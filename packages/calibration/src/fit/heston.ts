import { maximumLikelihood } from '../numerics/maximum-likelihood.ts';
import { between, positive, scaled, type Transform } from '../numerics/transforms.ts';
import type { Calibrator, PriceSample } from './estimate.ts';
import { movingReturnsOf } from './moving-returns.ts';
import { estimateOf } from './result.ts';
import { sumOfLogPrices } from './sample.ts';
import { VarianceFilter, type VarianceModel } from './variance-filter.ts';

const HESTON = ['drift', 'longRunVariance', 'meanReversionSpeed', 'volOfVol', 'correlation'] as const;
const BATES = [...HESTON, 'jumpIntensity', 'jumpMean', 'jumpDeviation'] as const;
/** Beyond this speed times the step the variance forgets within a step, and the filter's time step is too long. */
const MAX_REVERSION = 0.5;

function modelOf(values: readonly number[]): VarianceModel {
  return {
    drift: values[0]!,
    longRunVariance: values[1]!,
    meanReversionSpeed: values[2]!,
    volOfVol: values[3]!,
    correlation: values[4]!,
    jumpIntensity: values[5] ?? 0,
    jumpMean: values[6] ?? 0,
    jumpDeviation: values[7] ?? 0,
  };
}

function varianceCalibrator(name: 'heston' | 'bates', names: readonly string[], source: string): Calibrator {
  const calibrator: Calibrator = {
    name,
    process: name,
    method: 'maximum likelihood (grid filter of the variance)',
    source,
    minimumPrices: 500,
    isOnRequest: name === 'bates',
    fit(sample: PriceSample) {
      const { yearsPerStep } = sample;
      const { returns, mean, variance: variancePerStep } = movingReturnsOf(calibrator, sample);
      const n = returns.length;
      const variance = variancePerStep / yearsPerStep;
      const drift = mean / yearsPerStep + variance / 2;
      const filter = new VarianceFilter(returns, yearsPerStep);
      const hasJumps = name === 'bates';
      /** A half-life of the variance in steps, and the deviation of its stationary law as a part of its mean. */
      const start = (halfLife: number, width: number): number[] => {
        const speed = Math.LN2 / (halfLife * yearsPerStep);
        const volOfVol = width * Math.sqrt(2 * speed * variance);
        const jumpDeviation = 4 * Math.sqrt(variance * yearsPerStep);
        return [
          drift,
          hasJumps ? variance * 0.8 : variance,
          speed,
          volOfVol,
          -0.2,
          ...(hasJumps ? [(0.2 * variance) / (jumpDeviation * jumpDeviation), 0, jumpDeviation] : []),
        ];
      };
      const starts = [start(30, 0.7), start(150, 0.7)];
      const likelihood = (values: readonly number[]): number => filter.logLikelihood(modelOf(values));
      const best = starts.map((s) => ({ s, l: likelihood(s) })).reduce((a, b) => (b.l > a.l ? b : a)).s;
      const transforms: Transform[] = [
        scaled(Math.sqrt(variance / (n * yearsPerStep))),
        positive,
        positive,
        positive,
        between(-0.999, 0.999),
        ...(hasJumps ? [positive, scaled(4 * Math.sqrt(variance * yearsPerStep)), positive] : []),
      ];
      const fit = maximumLikelihood({
        names,
        transforms,
        starts: [best],
        negativeLogLikelihood: (values) => -likelihood(values),
        options: { tolerance: 1e-2 },
      });
      const model = modelOf(fit.values);
      const remarks = [...fit.remarks];
      const feller = 2 * model.meanReversionSpeed * model.longRunVariance;
      if (feller < model.volOfVol * model.volOfVol) {
        remarks.push(
          `2·meanReversionSpeed·longRunVariance = ${feller.toPrecision(3)} is less than volOfVol² = ${(model.volOfVol * model.volOfVol).toPrecision(3)} (Feller): the variance can reach 0`,
        );
      }
      const isFast = model.meanReversionSpeed * yearsPerStep > MAX_REVERSION;
      if (isFast) {
        remarks.push(
          'the variance reverts within about a step: too fast to be told from fat tails at this interval; speed and volOfVol have no error',
        );
      }
      return estimateOf(calibrator, {
        names,
        values: fit.values,
        standardErrors: fit.standardErrors.map((error, i) => (isFast && (i === 2 || i === 3) ? null : error)),
        covariance: fit.covariance,
        logLikelihood: fit.logLikelihood - sumOfLogPrices(sample),
        observations: n,
        remarks,
      });
    },
  };
  return calibrator;
}

/** Heston's stochastic variance; the initial variance is drawn from its stationary law. */
export const heston: Calibrator = varianceCalibrator(
  'heston',
  HESTON,
  'Heston (1993); Kitagawa (1987), Non-Gaussian state-space modeling of nonstationary time series',
);

/** Heston with normal jumps of the log price, of which a step has at most one. */
export const bates: Calibrator = varianceCalibrator(
  'bates',
  BATES,
  'Bates (1996); Kitagawa (1987), Non-Gaussian state-space modeling of nonstationary time series',
);
