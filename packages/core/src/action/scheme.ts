import { EpisodeError, preview } from '../config/errors.ts';
import type { SignalTarget } from '../events/events.ts';
import type { Order, OrderInstructions, OrderSide } from '../events/order.ts';
import { describeSpace, firstOutside, type Space, sizeOf } from './space.ts';

/** A number for a discrete space, else one number for each of the space's, in order. */
export type Action = number | ArrayLike<number>;

/** An action that the space does not have. Nothing has changed: another action may follow. */
export class ActionError extends EpisodeError {
  constructor(message: string) {
    super('ACTION_INVALID', message);
    this.name = 'ActionError';
  }
}

/** Who acts: the part of StrategyContext that actions need. */
export interface Actor {
  readonly equity: number;
  readonly symbols: readonly string[];
  price(symbol: string): number;
  position(symbol: string): number;
  openOrders(symbol: string): readonly Order[];
  signal(target: SignalTarget, options: { readonly symbol: string }): number;
  order(orderSide: OrderSide, quantity: number, options: OrderInstructions & { readonly symbol: string }): number;
  cancel(orderId: number): void;
}

/** Turns actions into signals and orders. */
export interface ActionScheme {
  readonly space: Space;
  /** Acts on `values[at…]`, which the space contains. Symbols without a price yet are left alone. */
  apply(values: ArrayLike<number>, at: number, actor: Actor): void;
  /**
   * For actions that are one whole number below 32: bit a is set where action a does nothing, as long as positions and open orders stay
   * as they are.
   */
  idle?(actor: Actor): number;
}

/** What actions are made from. */
export interface ActionSetup {
  readonly symbols: readonly string[];
  readonly allowShort: boolean;
  readonly maxLeverage: number;
}

/** Throws ActionError unless `values[at…]` is an element of the space; `who` names the environment among several. */
export function checkAction(space: Space, values: ArrayLike<number>, at: number, who: string = ''): void {
  const outside = firstOutside(space, values, at);
  if (outside < 0) return;
  const place = sizeOf(space) === 1 ? 'the action' : `number ${outside} of the action`;
  throw new ActionError(`${who}${place} must be in ${describeSpace(space)}, got ${preview(values[at + outside])}`);
}

/** An action as an array, of the right length. Throws ActionError. */
export function asValues(action: Action, space: Space): ArrayLike<number> {
  const size = sizeOf(space);
  if (typeof action === 'number' && size === 1) return [action];
  const length = (action as Partial<ArrayLike<number>> | null | undefined)?.length;
  if (typeof action !== 'object' || length !== size) {
    const shape = typeof length === 'number' ? `${length} numbers` : preview(action);
    const wanted = size === 1 ? 'one number' : `${size} numbers`;
    throw new ActionError(`an action of ${describeSpace(space)} must be ${wanted}, got ${shape}`);
  }
  return action;
}
