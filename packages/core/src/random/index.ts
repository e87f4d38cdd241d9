export { type RootKey, rootKey, type SubstreamKey, SubstreamKeyer, substreamKey } from './key.ts';
export { RandomStream, type StreamState } from './stream.ts';
