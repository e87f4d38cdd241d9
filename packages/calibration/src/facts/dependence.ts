import { CONT, type Fact } from './fact.ts';
import { meanOf } from './sample.ts';
import { slopeOf } from './slope.ts';

const LEVERAGE_LAGS = 10;

/** Linear autocorrelation of returns: near 0, or there would be easy money. */
export function autocorrelationAt(lag: number): Fact {
  return {
    name: `autocorrelation${lag}`,
    label: `autocorrelation of r, lag ${lag}`,
    unit: 'number',
    source: CONT,
    fewest: Math.max(50, 4 * lag),
    memory: lag,
    measure: ({ correlogram }) => correlogram.at(lag),
  };
}

/** Volatility clustering: large moves follow large moves. */
export function absoluteAutocorrelationAt(lag: number): Fact {
  return {
    name: `absoluteAutocorrelation${lag}`,
    label: `autocorrelation of |r|, lag ${lag}`,
    unit: 'number',
    source: CONT,
    fewest: Math.max(50, 4 * lag),
    memory: lag,
    measure: ({ absoluteCorrelogram }) => absoluteCorrelogram.at(lag),
  };
}

/**
 * The exponent β of a decay ~ lag^−β: minus the slope of the log of the mean autocorrelation within each octave of lags (1, 2–3,
 * 4–7, …) over the log of its mean lag. NaN where one of these means is not above 0.
 */
export const decay: Fact = {
  name: 'absoluteAutocorrelationDecay',
  label: 'decay exponent of that of |r|',
  unit: 'number',
  source: CONT,
  fewest: 60,
  memory: 'it looks across all lags, farther than blocks reach',
  measure: ({ absoluteCorrelogram, lags }) => {
    const autocorrelations = absoluteCorrelogram.upTo(lags);
    const x: number[] = [];
    const y: number[] = [];
    for (let first = 1; 2 * first - 1 <= lags; first *= 2) {
      const level = meanOf(autocorrelations.subarray(first, 2 * first));
      if (!(level > 0)) return Number.NaN;
      x.push(Math.log((3 * first - 1) / 2));
      y.push(Math.log(level));
    }
    return -slopeOf(x, y);
  },
};

/** Mean over lags 1 to 10 of the correlation of a return with the later absolute return: below 0 where losses stir prices up. */
export const leverageEffect: Fact = {
  name: 'leverageEffect',
  label: 'leverage effect, lags 1 to 10',
  unit: 'number',
  source:
    'Bouchaud, Matacz and Potters 2001, "Leverage effect in financial markets: the retarded volatility model", Physical Review Letters 87',
  fewest: 100,
  memory: LEVERAGE_LAGS,
  measure: ({ returns, absolute }) => {
    let sum = 0;
    for (let lag = 1; lag <= LEVERAGE_LAGS; lag++) {
      sum += correlation(returns.subarray(0, returns.length - lag), absolute.subarray(lag));
    }
    return sum / LEVERAGE_LAGS;
  },
};

function correlation(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const x = a[i]! - meanA;
    const y = b[i]! - meanB;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : Number.NaN;
}
