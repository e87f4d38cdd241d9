import type { Calibrator, Estimate, PriceSample } from './estimate.ts';
import { fitNormal } from './normal.ts';
import { estimateOf } from './result.ts';
import { checkSample, logReturnsOf, sumOfLogPrices } from './sample.ts';

/** Mean and deviation of log returns, in closed form. */
export const gbm: Calibrator = {
  name: 'gbm',
  process: 'gbm',
  method: 'maximum likelihood, closed form',
  source: 'Campbell, Lo and MacKinlay (1997), The Econometrics of Financial Markets, 9.3.2',
  minimumPrices: 3,
  fit(sample: PriceSample): Estimate {
    checkSample(gbm, sample);
    const returns = logReturnsOf(sample);
    const n = returns.length;
    const { mean, variance, logLikelihood } = fitNormal(returns);
    const years = n * sample.yearsPerStep;
    const square = variance / sample.yearsPerStep;
    const volatility = Math.sqrt(square);
    // The drift is that of the log price plus half the squared volatility, and so are the errors.
    const ofVolatility = square / (2 * n);
    const covariance = [
      [square / years + square * ofVolatility, volatility * ofVolatility],
      [volatility * ofVolatility, ofVolatility],
    ];
    return estimateOf(gbm, {
      names: ['drift', 'volatility'],
      values: [mean / sample.yearsPerStep + square / 2, volatility],
      standardErrors: [Math.sqrt(covariance[0]![0]!), Math.sqrt(ofVolatility)],
      covariance,
      logLikelihood: logLikelihood - sumOfLogPrices(sample),
      observations: n,
    });
  },
};
