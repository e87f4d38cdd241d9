export * from './events.ts';
export * from './order.ts';
export { EventQueue } from './queue.ts';
export { STEP_CAPACITY, StepColumns } from './steps.ts';
