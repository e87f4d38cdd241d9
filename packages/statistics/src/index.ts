export { brunnerMunzel } from './comparison/brunner-munzel.ts';
export { type Comparison, compareIndependent, compareSamples } from './comparison/compare.ts';
export { correlationOfErrors } from './comparison/correlation.ts';
export {
  type Dominance,
  type DominanceOptions,
  type DominanceVerdict,
  dominance,
  type Violation,
} from './comparison/dominance.ts';
export { holm } from './comparison/holm.ts';
export { improvementOf } from './comparison/improvement.ts';

export { pairUp } from './comparison/pairs.ts';
export { RESAMPLING_SEED, resamplingStream } from './comparison/resampling.ts';
export { type Contender, type RomanoWolf, type RomanoWolfOptions, romanoWolf } from './comparison/romano-wolf.ts';
export { deviationOf } from './ensemble/deviation.ts';
export { expectedShortfallOf } from './ensemble/expected-shortfall.ts';
export { maximumOf, minimumOf } from './ensemble/extremes.ts';
export {
  ensembleAverageGrowthOf,
  ergodicityGapOf,
  type GrowthSample,
  timeAverageGrowthOf,
} from './ensemble/growth.ts';
export { interquartileMeanOf } from './ensemble/interquartile-mean.ts';
export { kellyFractionOf } from './ensemble/kelly.ts';
export { meanOf } from './ensemble/mean.ts';
export { medianOf, quantileOf } from './ensemble/quantile.ts';
export { shareOf, shareOfCount } from './ensemble/share.ts';
export * from './estimate.ts';
export { checkFigure } from './figures/check.ts';
export { FigureError } from './figures/error.ts';
export type { Figure } from './figures/figure.ts';
export type { FigureKind } from './figures/kinds.ts';
export { parseFigure, parseFigureStart } from './figures/parse.ts';
export { FIGURES } from './figures/registry.ts';
export { columnSample, conditionSample, endSample, ruinTimes } from './figures/samples.ts';
export type { EpisodeTable } from './figures/table.ts';
export { deflatedSharpe, expectedMaximumSharpe, type Trials } from './history/deflated-sharpe.ts';
export { effectiveTrials } from './history/effective-trials.ts';
export { type ReturnMoments, returnMomentsOf } from './history/moments.ts';
export { type Overfitting, probabilityOfOverfitting } from './history/overfitting.ts';
export { minimumTrackRecord, probabilisticSharpe, sharpeOf } from './history/sharpe.ts';
export * from './sample.ts';
export { regularizedBeta } from './special/beta.ts';
export { binomialCdf, binomialUpper } from './special/binomial.ts';
export { erfcx } from './special/error-function.ts';
export { logGamma } from './special/gamma.ts';
export { normalCdf, normalDensity, normalUpper } from './special/normal.ts';
export { studentCdf } from './special/student.ts';
