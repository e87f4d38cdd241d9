import { optimalBlockLengths } from './block-length.ts';
import { CalibrationError } from './errors.ts';
import type { Calibrator, PriceSample } from './estimate.ts';
import { estimateOf } from './result.ts';
import { checkSample, logReturnsOf } from './sample.ts';

/**
 * The block length of the stationary bootstrap: the longer of those for the mean of the returns and for the mean of their
 * absolute values, whose dependence (volatility in clusters) is the one that lasts.
 */
export const bootstrap: Calibrator = {
  name: 'bootstrap',
  process: 'bootstrap',
  method: 'automatic block length of the stationary bootstrap',
  source:
    'Politis and White (2004), Automatic block-length selection for the dependent bootstrap; corrected by Patton, Politis and White (2009)',
  minimumPrices: 50,
  isOnRequest: true,
  fit(sample: PriceSample) {
    checkSample(bootstrap, sample);
    const returns = logReturnsOf(sample);
    const ofReturns = optimalBlockLengths(returns).stationary;
    const ofSizes = optimalBlockLengths(returns.map(Math.abs)).stationary;
    // The sizes of returns may all be the same; the block length of the returns then decides.
    const candidates = [ofReturns, ofSizes].filter(Number.isFinite);
    if (candidates.length === 0) {
      throw new CalibrationError(
        'bootstrap: all returns are the same: they tell no block length; give prices that move',
      );
    }
    const blockLength = Math.max(1, ...candidates);
    return estimateOf(bootstrap, {
      names: ['blockLength'],
      values: [blockLength],
      standardErrors: [null],
      covariance: null,
      logLikelihood: null,
      observations: returns.length,
      remarks: [
        `block lengths for the mean of returns ${ofReturns.toFixed(1)}, of absolute returns ${ofSizes.toFixed(1)}: the longer one is taken`,
      ],
    });
  },
};
