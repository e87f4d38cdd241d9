export { calibrators } from './calibrators.ts';
export * from './facts/index.ts';
export { CalibrationError } from './fit/errors.ts';
export type { Calibrator, Estimate, ParameterEstimate, PriceSample } from './fit/estimate.ts';
export { type CandleSample, fitVolume, type VolumeEstimate } from './fit/volume.ts';
