import type { Calibrator, Estimate, PriceSample } from './estimate.ts';
import { fitNormal } from './normal.ts';
import { estimateOf } from './result.ts';
import { checkSample, stepsOf } from './sample.ts';

/** Mean and deviation of price differences, in closed form. */
export const abm: Calibrator = {
  name: 'abm',
  process: 'abm',
  method: 'maximum likelihood, closed form',
  source: 'Campbell, Lo and MacKinlay (1997), The Econometrics of Financial Markets, 9.3.2',
  minimumPrices: 3,
  fit(sample: PriceSample): Estimate {
    checkSample(abm, sample, { mayBeNegative: true });
    const { from, to } = stepsOf(sample);
    const n = to.length;
    const { mean, variance, logLikelihood } = fitNormal(to.map((price, i) => price - from[i]!));
    const square = variance / sample.yearsPerStep;
    const ofDrift = square / (n * sample.yearsPerStep);
    const ofVolatility = square / (2 * n);
    return estimateOf(abm, {
      names: ['drift', 'volatility'],
      values: [mean / sample.yearsPerStep, Math.sqrt(square)],
      standardErrors: [Math.sqrt(ofDrift), Math.sqrt(ofVolatility)],
      covariance: [
        [ofDrift, 0],
        [0, ofVolatility],
      ],
      logLikelihood,
      observations: n,
    });
  },
};
