export { type Resamples, resampleFacts } from './bootstrap.ts';
export { compareFacts, type FactComparison, quantileOf, type Verdict } from './compare.ts';
export type { Fact } from './fact.ts';
export { facts, measureFacts } from './facts.ts';
export { ReturnSample } from './sample.ts';
