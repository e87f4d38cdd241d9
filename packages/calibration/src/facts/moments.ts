import { CONT, type Fact } from './fact.ts';
import { meanOf, type ReturnSample } from './sample.ts';

const MOMENTS =
  'Fisher 1930, "The moments of the distribution for normal samples of measures of departure from normality"';

/** Mean of (x − mean)^order, order 2 to 4. */
function centralMoment(values: Float64Array, order: 2 | 3 | 4): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]! - mean;
    sum += order === 2 ? x * x : order === 3 ? x * x * x : x * x * x * x;
  }
  return sum / values.length;
}

/** m₄ / m₂² − 3: 0 for normal values, NaN for equal ones. */
export function excessKurtosisOf(values: Float64Array): number {
  const variance = centralMoment(values, 2);
  return variance > 0 ? centralMoment(values, 4) / (variance * variance) - 3 : Number.NaN;
}

export const mean: Fact = {
  name: 'mean',
  label: 'mean log return, a year',
  unit: 'percent',
  source: CONT,
  fewest: 2,
  memory: 0,
  measure: ({ returns, stepsPerYear }) => meanOf(returns) * stepsPerYear,
};

export const volatility: Fact = {
  name: 'volatility',
  label: 'volatility, a year',
  unit: 'percent',
  source: CONT,
  fewest: 3,
  memory: 0,
  measure: ({ returns, stepsPerYear }) => {
    const { length: n } = returns;
    return Math.sqrt((centralMoment(returns, 2) * n * stepsPerYear) / (n - 1));
  },
};

/** m₃ / m₂^(3/2): the asymmetry of gains and losses. */
export const skewness: Fact = {
  name: 'skewness',
  label: 'skewness',
  unit: 'number',
  source: MOMENTS,
  fewest: 20,
  memory: 0,
  measure: ({ returns }) => {
    const variance = centralMoment(returns, 2);
    return variance > 0 ? centralMoment(returns, 3) / (variance * Math.sqrt(variance)) : Number.NaN;
  },
};

export const excessKurtosis: Fact = {
  name: 'excessKurtosis',
  label: 'excess kurtosis',
  unit: 'number',
  source: MOMENTS,
  fewest: 20,
  memory: 0,
  measure: ({ returns }) => excessKurtosisOf(returns),
};

/** Aggregational Gaussianity: over longer times returns look more normal. */
export function aggregatedKurtosis(steps: number): Fact {
  return {
    name: `excessKurtosis${steps}`,
    label: `excess kurtosis over ${steps} steps`,
    unit: 'number',
    source: CONT,
    fewest: 20 * steps,
    memory: steps,
    measure: (sample) => excessKurtosisOf(aggregated(sample, steps)),
  };
}

/** Sums of `steps` returns each, from the first on; a rest is left out. */
function aggregated({ returns }: ReturnSample, steps: number): Float64Array {
  const sums = new Float64Array(Math.floor(returns.length / steps));
  for (let i = 0; i < sums.length * steps; i++) sums[Math.floor(i / steps)]! += returns[i]!;
  return sums;
}
