export { PipelineError, type PipelineErrorCode } from './errors.ts';
export type { BatchHandler, ClosableHandler, EventHandler, HandlerContext } from './handler.ts';
export type { NodeMetrics, NodeState, Timing } from './metrics.ts';
export { PipelineNode } from './node.ts';
export type {
  BatchNodeOptions,
  EventNodeOptions,
  NodeEvent,
  NodeOptions,
  RestartLimit,
  ThreadHandler,
  ThreadNodeOptions,
} from './options.ts';
export { parallel, pipeline } from './pipeline.ts';
export { type CloseOptions, Pipeline, type PushOptions, Stage } from './stage.ts';
export type { Key } from './task.ts';
