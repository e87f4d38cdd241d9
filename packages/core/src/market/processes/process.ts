import { RandomStream } from '../../random/stream.ts';

/** Standard normals: a stream's own, or one symbol's of several correlated ones. */
export interface NormalSource {
  normal(): number;
  /** Writes the next `to − from` into `out`. */
  fillNormal(out: Float64Array, from: number, to: number): void;
}

/** The shocks of one of several symbols. */
export interface CorrelatedNormals extends NormalSource {
  /** Starts an episode with the symbol's own stream. All symbols begin before any takes a shock. */
  begin(random: RandomStream): void;
}

/**
 * What a process draws from during an episode.
 *
 * `shocks` are the normals that move the price, taken in order and correlated with those of other symbols where the
 * config says so. Everything else comes from `extra` streams, so that in what chunks a path is asked for cannot change the
 * order of draws within a stream.
 */
export class ProcessStreams {
  private main!: RandomStream;
  private shockSource!: NormalSource;
  private readonly extras: RandomStream[] = [];
  /** How many extras are in place for this episode. */
  private ready = 0;
  private readonly children: { main: RandomStream; streams: ProcessStreams }[] = [];
  private childrenReady = 0;

  /** Starts an episode: extras are jumps of `random`. Without `shocks` these are the stream's own normals. */
  begin(random: RandomStream, shocks?: CorrelatedNormals): void {
    shocks?.begin(random);
    this.main = random;
    this.shockSource = shocks ?? random;
    this.ready = 0;
    this.childrenReady = 0;
  }

  get shocks(): NormalSource {
    return this.shockSource;
  }

  /** The stream of whatever is made from the finished path: it moves no price. To be asked for in `begin`. */
  after(stream: RandomStream): void {
    stream.jumpFrom(this.main, true);
  }

  /** The i-th further stream, independent of the shocks. To be asked for in `begin`, before anything is drawn. */
  extra(i: number): RandomStream {
    for (; this.ready <= i; this.ready++) {
      this.extras[this.ready] ??= new RandomStream([1, 2, 3, 4]);
      this.extras[this.ready]!.jumpFrom(this.ready === 0 ? this.main : this.extras[this.ready - 1]!);
    }
    return this.extras[i]!;
  }

  /**
   * For the i-th of several processes that take turns: the same shocks, and extra streams of its own. To be asked for in `begin`,
   * before anything is drawn.
   */
  child(i: number): ProcessStreams {
    for (; this.childrenReady <= i; this.childrenReady++) {
      const k = this.childrenReady;
      this.children[k] ??= { main: new RandomStream([1, 2, 3, 4]), streams: new ProcessStreams() };
      const { main, streams } = this.children[k];
      // The first long jump is that of `after`.
      if (k === 0) this.after(main);
      main.jumpFrom(k === 0 ? main : this.children[k - 1]!.main, true);
      streams.begin(main);
      streams.shockSource = this.shockSource;
    }
    return this.children[i]!.streams;
  }
}

/**
 * The price of one symbol as a stochastic process, sampled at the steps of a grid.
 *
 * Prices may overflow to Infinity or underflow to 0 where parameters are extreme: the loop checks.
 */
export interface PriceProcess {
  /**
   * What moves between two steps, given both ends and the step's diffusive variance, as a Brownian bridge: the `log` price, the
   * `price`, or `none` (jumps, or paths rougher than Brownian ones).
   */
  readonly bridge: 'log' | 'price' | 'none';
  /** Standard deviation of the log return of a typical step: the scale of volumes. */
  readonly stepDeviation: number;
  /** Starts a path at its initial price. */
  begin(streams: ProcessStreams): void;
  /** Goes on from `price` instead of the last one; whatever else the process carries (variance, regime) stays. */
  moveTo(price: number): void;
  /**
   * Writes the prices after each of the next `to − from` steps. In what chunks they are asked for changes nothing. Where
   * `variances` is given and there is a bridge, also the diffusive variance of each step.
   */
  advance(prices: Float64Array, from: number, to: number, variances?: Float64Array): void;
}
