export * from './events.ts';
export * from './order.ts';
export { EventQueue } from './queue.ts';
export { STEP_CAPACITY, STEP_SLOTS, StepColumns } from './steps.ts';
