import { fitReversion, reversionRemarks } from './autoregression.ts';
import { CalibrationError } from './errors.ts';
import type { Calibrator, Estimate, PriceSample } from './estimate.ts';
import { estimateOf } from './result.ts';
import { checkSample, stepsOf, sumOfLogPrices } from './sample.ts';

/** An autoregression of the log prices. */
export const expOu: Calibrator = {
  name: 'exp-ou',
  process: 'exp-ou',
  method: 'maximum likelihood, closed form',
  source: 'Schwartz (1997), The stochastic behavior of commodity prices',
  minimumPrices: 5,
  fit(sample: PriceSample): Estimate {
    checkSample(expOu, sample);
    const { from, to } = stepsOf(sample);
    const n = to.length;
    const steps = { from: from.map(Math.log), to: to.map(Math.log) };
    const reversion = fitReversion('exp-ou', steps, sample.yearsPerStep);
    const { meanReversionSpeed: speed, volatility } = reversion;
    // The mean of the price is that of a lognormal with the long-run variance volatility²/(2·speed).
    const longRunMean = Math.exp(reversion.longRunMean + (volatility * volatility) / (4 * speed));
    if (!(longRunMean > 0 && longRunMean < Infinity)) {
      throw new CalibrationError('exp-ou: the prices revert so slowly that they do not tell their long-run mean');
    }
    const slopes = [
      [1, 0, 0],
      [
        -longRunMean * ((volatility * volatility) / (4 * speed * speed)),
        longRunMean,
        (longRunMean * volatility) / (2 * speed),
      ],
      [0, 0, 1],
    ];
    const covariance = slopes.map((a) =>
      slopes.map((b) =>
        a.reduce((sum, x, i) => sum + b.reduce((part, y, j) => part + x * y * reversion.covariance[i]![j]!, 0), 0),
      ),
    );
    return estimateOf(expOu, {
      names: ['meanReversionSpeed', 'longRunMean', 'volatility'],
      values: [speed, longRunMean, volatility],
      standardErrors: covariance.map((row, i) => Math.sqrt(row[i]!)),
      covariance,
      logLikelihood: reversion.logLikelihood - sumOfLogPrices(sample),
      observations: n,
      remarks: reversionRemarks(speed, n * sample.yearsPerStep),
    });
  },
};
