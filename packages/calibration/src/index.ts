export type { Calibrator, Estimate, ParameterEstimate, PriceSample } from './fit/estimate.ts';
