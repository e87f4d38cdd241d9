import type { ParameterSpecs, ParametersOf } from '../config/parameters.ts';
import type {
  AnyCustomEvent,
  CustomEventType,
  CustomPayload,
  FillEvent,
  OrderUpdateEvent,
  SignalTarget,
  TimerEvent,
} from '../events/events.ts';
import type { Order, OrderInstructions, OrderSide } from '../events/order.ts';
import type { RandomStream } from '../random/stream.ts';

/**
 * The MARKET being handled. One object serves the whole episode and changes under your hands: copy what you keep.
 * Prices in quote currency, volume in base units (NaN where the market has none), times epoch ms.
 */
export interface MarketEvent {
  readonly type: 'MARKET';
  readonly timeMs: number;
  /** 0 at the initial price, then the number of increments. */
  readonly step: number;
  readonly symbol: string;
  /** Position of the symbol in the config. */
  readonly symbolIndex: number;
  /** The latest price: a quote, or a candle's close. */
  readonly price: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Where an instruction goes when it is not for the symbol of the current MARKET. */
export interface SignalOptions extends OrderInstructions {
  readonly symbol?: string;
}

/** What a strategy and a component can see and do. Everything is as of the event being handled, nothing is later. */
export interface Context {
  readonly timeMs: number;
  readonly step: number;
  readonly symbols: readonly string[];
  /** The component's own random stream: drawing from it moves no market path. */
  readonly random: RandomStream;
  /** The latest price of a symbol (default: the current one); NaN before its first MARKET. */
  price(symbol?: string): number;
  /** Adds a TIMER at a simulated time, epoch ms, later than now. */
  timer(timeMs: number, tag: string): void;
  /** Adds an event of your own type, now or at a later simulated time. */
  emit<T extends CustomEventType>(name: T, payload: CustomPayload<T>, timeMs?: number): void;
}

/** A strategy's view of its account, and its orders. */
export interface StrategyContext extends Context {
  readonly cash: number;
  /** Cash plus positions at the latest prices. */
  readonly equity: number;
  readonly initialCash: number;
  /** Base units, negative when short. */
  position(symbol?: string): number;
  /** Mean entry price of the position; 0 when flat. */
  avgPx(symbol?: string): number;
  readonly realizedPnl: number;
  readonly unrealizedPnl: number;
  /** Orders that are not finished, oldest first. */
  openOrders(symbol?: string): readonly Order[];
  /**
   * Asks for a position: LONG, SHORT, FLAT, or a weight of equity. Returns the id of the order that may follow. The order
   * is the difference to what is held, so a repeated LONG rebalances to the target weight. Resting limit and stop orders of
   * earlier targets of the symbol are canceled; working market orders count as filled. Signals at the last MARKET are void.
   * Throws RangeError for a symbol without a price yet, and for instructions that do not fit together.
   */
  signal(target: SignalTarget, options?: SignalOptions): number;
  /** Asks for one order of `quantity` base units. Returns its id. */
  order(orderSide: OrderSide, quantity: number, options?: SignalOptions): number;
  cancel(orderId: number): void;
  /**
   * Takes an action of the config's `environment.actions`: a number for a discrete space, else one number for each of the
   * space's. It becomes signals and orders. Throws ActionError, before anything changes, for an action that the space does
   * not have, and RangeError where the config has no `environment`.
   */
  act(action: number | ArrayLike<number>): void;
  /** Ends the episode as `stopped` once the current event is handled. */
  stop(): void;
}

/**
 * The handlers of a strategy; each is called synchronously, inside the event loop, and none may be async.
 *
 * At a MARKET, fills and order updates come first, then `onMarket`. A signal becomes an order once the handlers of that
 * MARKET are through: what `onFill` asks for is not among `openOrders` of the `onMarket` that follows.
 */
export interface Strategy {
  onStart?(context: StrategyContext): void;
  onMarket?(market: MarketEvent, context: StrategyContext): void;
  /**
   * A decision of an agent: once a step, after `onMarket` of the step's last symbol, with the observation that the config's
   * `environment` declares. One array serves the whole episode: copy what you keep. Answer with `context.act`.
   */
  onObservation?(observation: Float32Array, context: StrategyContext): void;
  onFill?(fill: FillEvent, context: StrategyContext): void;
  onOrderUpdate?(update: OrderUpdateEvent, context: StrategyContext): void;
  onTimer?(timer: TimerEvent, context: StrategyContext): void;
  onEvent?(event: AnyCustomEvent, context: StrategyContext): void;
}

/** What is fixed before an episode starts. */
export interface Setup {
  readonly symbols: readonly string[];
  readonly intervalMs: number;
  /** Steps of a year, for annualising. */
  readonly stepsPerYear: number;
}

/** A strategy as a file exports it (`export default`) and as `strategy.use` names it. */
export interface StrategyDefinition<S extends ParameterSpecs = ParameterSpecs> {
  readonly name: string;
  readonly description?: string;
  readonly parameters: S;
  /** A rule over several parameters: returns what is wrong, or undefined. */
  check?(parameters: ParametersOf<S>): string | undefined;
  /** A fresh strategy for one episode. */
  create(parameters: ParametersOf<S>, setup: Setup): Strategy;
}

/** Types a definition by its own parameters; returns it unchanged. */
export function defineStrategy<const S extends ParameterSpecs>(
  definition: StrategyDefinition<S>,
): StrategyDefinition<S> {
  return definition;
}

/** A part that is no strategy: a source of news, a recorder, a risk officer. It sees events and emits its own. */
export interface Component {
  onStart?(context: Context): void;
  onMarket?(market: MarketEvent, context: Context): void;
  onFill?(fill: FillEvent, context: Context): void;
  onOrderUpdate?(update: OrderUpdateEvent, context: Context): void;
  onTimer?(timer: TimerEvent, context: Context): void;
  onEvent?(event: AnyCustomEvent, context: Context): void;
}

export interface ComponentDefinition<S extends ParameterSpecs = ParameterSpecs> {
  readonly name: string;
  readonly description?: string;
  readonly parameters: S;
  check?(parameters: ParametersOf<S>): string | undefined;
  create(parameters: ParametersOf<S>, setup: Setup): Component;
}

/** Types a definition by its own parameters; returns it unchanged. */
export function defineComponent<const S extends ParameterSpecs>(
  definition: ComponentDefinition<S>,
): ComponentDefinition<S> {
  return definition;
}
