export * from './handler.ts';
export { SimulatedExecution } from './simulated.ts';
