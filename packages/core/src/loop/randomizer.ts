import { EpisodeError, formatPath, preview } from '../config/errors.ts';
import { type MarketConfig, market } from '../config/markets.ts';
import { parseWith } from '../config/parse.ts';
import type { ConfigPath } from '../config/path.ts';
import type { Config } from '../config/schema.ts';
import { type RootKey, SubstreamKeyer } from '../random/key.ts';
import { RandomStream } from '../random/stream.ts';
import { type Draw, namesOf } from './draws.ts';
import type { Slots } from './samplers.ts';

/** An estimate whose draws the market refuses so often has next to nothing to say about it. */
const MOST_TRIES = 1_000;

type Mapping = Record<string | number, unknown>;

/** A draw with its stream and the places in the episode's config that it sets. */
interface Setter {
  readonly draw: Draw;
  keyer: SubstreamKeyer;
  readonly random: RandomStream;
  readonly places: readonly { readonly parent: Mapping; readonly key: string | number }[];
}

/**
 * Domain randomisation (Tobin et al. 2017, "Domain randomization for transferring deep neural networks from simulation to the
 * real world"): the config of each episode, with the values that were drawn for it.
 *
 * Each draw has a random stream of its own, `randomize/<path>`: another one moves none. What an episode draws is a function
 * of (config, seed, episode).
 */
export class Randomizer {
  /** Names of the values, as columns have them after `draw_`. */
  readonly names: readonly string[];
  readonly slots: Slots;
  /** The config of the latest episode; one object that changes. Sections that no draw touches are those of the config. */
  readonly config: Config;
  private readonly setters: readonly Setter[];
  /** As drawn, before the schema fills in defaults; by symbol. */
  private readonly drawnMarkets: Record<string, unknown> = {};
  private readonly markets: Record<string, MarketConfig>;
  private readonly key: Int32Array = new Int32Array(4);

  constructor(config: Config, draws: readonly Draw[], root: RootKey) {
    this.names = draws.flatMap(namesOf);
    this.slots = { recorded: new Float64Array(this.names.length), values: this.names.map(() => undefined) };
    this.markets = { ...config.markets };
    const own: Mapping = { ...config, markets: this.drawnMarkets };
    for (const { section } of draws) {
      const [name, symbol] = section;
      if (name === 'markets') this.drawnMarkets[symbol!] = copyOf(config.markets[symbol!]);
      else own[name!] = copyOf((config as unknown as Mapping)[name!]);
    }
    this.setters = draws.map((draw) => ({
      draw,
      keyer: new SubstreamKeyer(root, `randomize/${draw.name}`),
      random: new RandomStream([1, 2, 3, 4]),
      places: draw.targets.map((path) => placeIn(own, path)),
    }));
    own.markets = this.markets;
    this.config = own as unknown as Config;
  }

  /** Draws are those of another seed from now on. */
  reseed(root: RootKey): void {
    for (const setter of this.setters) setter.keyer = new SubstreamKeyer(root, `randomize/${setter.draw.name}`);
  }

  /**
   * Draws the values of an episode and sets them in `config`. `slots.recorded` is NaN where no draw would do.
   *
   * @throws EpisodeError DRAW_INVALID where a market does not go with the values
   */
  draw(episode: number): void {
    for (const { draw, keyer, random, places } of this.setters) {
      keyer.key(episode, this.key);
      random.reset(this.key);
      draw.sampler.draw(random, this.slots, draw.at);
      this.set(draw, places);
    }
    for (const symbol of Object.keys(this.drawnMarkets)) this.drawMarket(symbol);
  }

  /** What went wrong, and what was drawn in the section where it did. */
  failure(section: ConfigPath, what: string): EpisodeError {
    const drawn = this.setters
      .filter(({ draw }) => formatPath(draw.section) === formatPath(section))
      .flatMap(({ draw }) => namesOf(draw).map((name, i) => `${name} ${preview(this.slots.values[draw.at + i])}`));
    return new EpisodeError('DRAW_INVALID', `${what}; drawn: ${drawn.join(', ')}`);
  }

  /** Checks a drawn market, and draws its estimates anew until it is one. */
  private drawMarket(symbol: string): void {
    const repeated = this.setters.filter(
      ({ draw }) => draw.sampler.isRepeated && draw.section[0] === 'markets' && draw.section[1] === symbol,
    );
    let result = market.safeParse(this.drawnMarkets[symbol]);
    for (let tries = 1; !result.success && repeated.length > 0 && tries < MOST_TRIES; tries++) {
      for (const { draw, random, places } of repeated) {
        draw.sampler.draw(random, this.slots, draw.at);
        this.set(draw, places);
      }
      result = market.safeParse(this.drawnMarkets[symbol]);
    }
    if (result.success) {
      this.markets[symbol] = result.data;
      return;
    }
    const times = repeated.length > 0 ? `none of ${MOST_TRIES} draws is one that the market can have, the last: ` : '';
    const failure = this.failure(['markets', symbol], `${times}${this.problemOf(symbol)}`);
    for (const { draw } of repeated) this.slots.recorded.fill(Number.NaN, draw.at, draw.at + draw.targets.length);
    throw failure;
  }

  private problemOf(symbol: string): string {
    try {
      parseWith(market, this.drawnMarkets[symbol], ['markets', symbol]);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  }

  private set({ at }: Draw, places: Setter['places']): void {
    for (let i = 0; i < places.length; i++) places[i]!.parent[places[i]!.key] = this.slots.values[at + i];
  }
}

/** Where a path ends: the mapping or list that holds it, and its key there. Mappings that are missing are made. */
function placeIn(root: Mapping, path: ConfigPath): { parent: Mapping; key: string | number } {
  let parent = root;
  for (const key of path.slice(0, -1)) {
    parent[key] ??= {};
    parent = parent[key] as Mapping;
  }
  return { parent, key: path.at(-1)! };
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)]));
}
