import { volatilityCases } from './cases-volatility.mjs';

/**
 * Markets whose parameters a calibrator is to find again: samples long enough that errors from the curvature of the likelihood
 * hold. `truth` gives the parameters where they are not those of the market; those in `withoutError` have no standard error.
 */
export const cases = [
  { name: 'gbm', market: { process: 'gbm', price: 100, drift: 0.2, volatility: 0.7 }, steps: 1000, stepsPerYear: 365 },
  { name: 'abm', market: { process: 'abm', price: 100, drift: -20, volatility: 30 }, steps: 1000, stepsPerYear: 365 },
  {
    name: 'ou',
    market: { process: 'ou', price: 90, meanReversionSpeed: 20, longRunMean: 100, volatility: 40 },
    steps: 4000,
    stepsPerYear: 365,
  },
  {
    name: 'exp-ou',
    market: { process: 'exp-ou', price: 90, meanReversionSpeed: 20, longRunMean: 100, volatility: 0.8 },
    steps: 4000,
    stepsPerYear: 365,
  },
  {
    name: 'cir',
    market: { process: 'cir', price: 90, meanReversionSpeed: 20, longRunMean: 100, volatility: 8 },
    steps: 4000,
    stepsPerYear: 365,
  },
  {
    name: 'cev',
    market: { process: 'cev', price: 100, drift: 0.1, volatility: 0.3, elasticity: 0.5 },
    steps: 2000,
    stepsPerYear: 365,
    // Local volatility at the last price.
    truth: (prices) => ({ drift: 0.1, volatility: 0.3 * Math.sqrt(100 / prices.at(-1)), elasticity: 0.5 }),
  },
  {
    name: 'merton',
    market: {
      process: 'merton',
      price: 100,
      drift: 0.2,
      volatility: 0.5,
      jumpIntensity: 40,
      jumpMean: -0.02,
      jumpDeviation: 0.06,
    },
    steps: 2000,
    stepsPerYear: 365,
  },
  {
    name: 'kou',
    market: {
      process: 'kou',
      price: 100,
      drift: 0.2,
      volatility: 0.4,
      jumpIntensity: 60,
      upProbability: 0.4,
      upRate: 20,
      downRate: 16,
    },
    steps: 3000,
    stepsPerYear: 365,
  },
  {
    name: 'variance-gamma',
    market: { process: 'variance-gamma', price: 100, drift: 0.2, volatility: 0.6, skew: -0.5, varianceRate: 0.0015 },
    steps: 2000,
    stepsPerYear: 365,
  },
  ...volatilityCases,
];
