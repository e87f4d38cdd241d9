import type { AnyCustomEvent, FillEvent, OrderUpdateEvent, TimerEvent } from '../events/events.ts';
import type { Component, Context, MarketEvent } from '../strategy/strategy.ts';
import { asEpisodeError } from './failure.ts';
import type { Cast, ComponentRole } from './parts.ts';

/** The parts of an episode that users wrote: components in config order, then the strategy. */
export class Audience {
  readonly strategy: Cast['strategy'];
  private readonly context: Cast['strategyContext'];
  private readonly components: readonly ComponentRole[];

  constructor({ strategy, strategyContext, components }: Cast) {
    this.strategy = strategy;
    this.context = strategyContext;
    this.components = components;
  }

  /** Whether a component wants to see every MARKET. */
  get isWatching(): boolean {
    return this.components.some(({ component }) => component.onMarket !== undefined);
  }

  get hearsUpdates(): boolean {
    const isHeard = this.components.some(({ component }) => component.onOrderUpdate !== undefined);
    return isHeard || this.strategy.onOrderUpdate !== undefined;
  }

  start(): void {
    if (this.components.length > 0) this.tell((component, context) => component.onStart?.(context));
    this.strategy.onStart?.(this.context);
  }

  /** Components only: the strategy's turn is the DECISION. */
  market(market: MarketEvent): void {
    if (this.components.length > 0) this.tell((component, context) => component.onMarket?.(market, context));
  }

  decide(market: MarketEvent): void {
    this.strategy.onMarket(market, this.context);
  }

  fill(fill: FillEvent): void {
    if (this.components.length > 0) this.tell((component, context) => component.onFill?.(fill, context));
    this.strategy.onFill?.(fill, this.context);
  }

  orderUpdate(update: OrderUpdateEvent): void {
    if (this.components.length > 0) this.tell((component, context) => component.onOrderUpdate?.(update, context));
    this.strategy.onOrderUpdate?.(update, this.context);
  }

  timer(timer: TimerEvent): void {
    if (this.components.length > 0) this.tell((component, context) => component.onTimer?.(timer, context));
    this.strategy.onTimer?.(timer, this.context);
  }

  custom(event: AnyCustomEvent): void {
    if (this.components.length > 0) this.tell((component, context) => component.onEvent?.(event, context));
    this.strategy.onEvent?.(event, this.context);
  }

  /** Calls every component; what one throws is a failure of its own. */
  private tell(call: (component: Component, context: Context) => void): void {
    for (const { name, component, context } of this.components) {
      try {
        call(component, context);
      } catch (error) {
        throw asEpisodeError(error, 'COMPONENT_ERROR', `${name}: `);
      }
    }
  }
}
