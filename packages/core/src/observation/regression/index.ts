export { RecursiveLeastSquares, type RecursiveLeastSquaresOptions } from './recursive-least-squares.ts';
export type { OnlineRegressor } from './regressor.ts';
export { Standardizer } from './standardizer.ts';
export { StochasticGradient, type StochasticGradientOptions } from './stochastic-gradient.ts';
