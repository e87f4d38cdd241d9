export { Environment, type Info, type ResetOptions, type StepResult } from './environment.ts';
export { EnvironmentError } from './errors.ts';
export {
  type AutoresetMode,
  VectorEnvironment,
  type VectorOptions,
  type VectorResetOptions,
} from './vector-environment.ts';
