import { fitReversion, reversionRemarks } from './autoregression.ts';
import type { Calibrator, Estimate, PriceSample } from './estimate.ts';
import { estimateOf } from './result.ts';
import { checkSample, stepsOf } from './sample.ts';

/** An autoregression of the prices. */
export const ou: Calibrator = {
  name: 'ou',
  process: 'ou',
  method: 'maximum likelihood, closed form',
  source: 'Tang and Chen (2009), Parameter estimation and bias correction for diffusion processes',
  minimumPrices: 5,
  fit(sample: PriceSample): Estimate {
    checkSample(ou, sample, { mayBeNegative: true });
    const steps = stepsOf(sample);
    const n = steps.to.length;
    const reversion = fitReversion('ou', steps, sample.yearsPerStep);
    const { meanReversionSpeed, longRunMean, volatility, covariance, logLikelihood } = reversion;
    return estimateOf(ou, {
      names: ['meanReversionSpeed', 'longRunMean', 'volatility'],
      values: [meanReversionSpeed, longRunMean, volatility],
      standardErrors: covariance.map((row, i) => Math.sqrt(row[i]!)),
      covariance,
      logLikelihood,
      observations: n,
      remarks: reversionRemarks(meanReversionSpeed, n * sample.yearsPerStep),
    });
  },
};
