export { ENDS, type EndedEpisodes, type Stage as RllibStage } from './actor.ts';
export { parseAddress, type RllinkAddress } from './address.ts';
export { type RllinkCode, RllinkError } from './errors.ts';
export { ACTIVATIONS, type Activation } from './layers.ts';
export { describeActions } from './module.ts';
export type { IterationReport as RllibIteration } from './report.ts';
export {
  type EpisodesOf,
  runSession as connectRllib,
  type SessionOptions as RllibOptions,
  type SessionResult as RllibResult,
} from './session.ts';
export { SessionStorage as RllibStorage } from './storage.ts';
