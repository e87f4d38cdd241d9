export * from './rllib/index.ts';
export {
  FrameError,
  FrameSocket,
  type Opened,
  type OpenRequest,
  PROTOCOL_VERSION,
  type ServeOptions,
  serve,
} from './serve/index.ts';
export { ThreadError } from './threads/crew.ts';
export type { Environments } from './threads/environments.ts';
export { type EnvironmentSource, withSource } from './threads/source.ts';
export { type ThreadedOptions, ThreadedVectorEnvironment } from './threads/threaded-vector-environment.ts';
