import type { ActionsConfig } from '../config/environment.ts';
import { DiscreteActions } from './discrete.ts';
import { OrderActions } from './orders.ts';
import type { ActionScheme, ActionSetup } from './scheme.ts';
import { TargetWeightActions } from './target-weights.ts';

export { type Action, ActionError, type ActionScheme, type Actor, asValues, checkAction } from './scheme.ts';
export * from './space.ts';

/** The actions that a config asks for. */
export function createActions(config: ActionsConfig, setup: ActionSetup): ActionScheme {
  switch (config.use) {
    case 'discrete':
      return new DiscreteActions(setup);
    case 'target-weights':
      return new TargetWeightActions(setup, config.tolerance);
    case 'orders':
      return new OrderActions(setup, config);
  }
}
