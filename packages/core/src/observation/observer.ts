import type { FeatureConfig } from '../config/environment.ts';
import { ConfigError, EpisodeError } from '../config/errors.ts';
import { parameterSchema } from '../config/parameters.ts';
import { parseWith } from '../config/parse.ts';
import { hintFor } from '../config/suggest.ts';
import type { RandomStream } from '../random/stream.ts';
import { NumbersAhead, type ObservedBlock, type PlacedFeature } from './ahead.ts';
import type { Feature, FeatureDefinition, FeatureSetup, ObservedAccount, ObservedMarket } from './feature.ts';
import { createNormalizer } from './normalizer.ts';

/**
 * Composes observations from the features of a config. It sees what a strategy sees, MARKET by MARKET, so that an observation
 * holds nothing that is later than its decision.
 */
export class Observer {
  /** One name a number of the observation. */
  readonly labels: readonly string[];
  /** One name a feature, numbered where it repeats: its random stream does not depend on its place in the list. */
  readonly streamNames: readonly string[];
  /** Bounds of each number. */
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Numbers of an observation. */
  readonly size: number;
  private readonly placed: readonly PlacedFeature[];
  /** Those that look at the account. */
  private readonly ofAccount: readonly PlacedFeature[];
  /** Those of them that want each MARKET. */
  private readonly listening: readonly Feature[];
  private readonly ahead: NumbersAhead;
  /** Whether an observation may be written for an account that may yet come out otherwise. */
  readonly isInstant: boolean;
  private readonly values: Float64Array;
  /** The latest row of the block. */
  private row = 0;

  /** Decisions begin with step `firstStep`. Throws ConfigError with the place in the config of each feature that cannot be. */
  constructor(
    features: readonly FeatureConfig[],
    known: Readonly<Record<string, FeatureDefinition>>,
    setup: FeatureSetup,
    firstStep: number,
  ) {
    const labels: string[] = [];
    this.placed = features.map((config, i) => {
      const feature = createFeature(config, ['environment', 'observations', i], known, setup);
      const at = labels.length;
      for (const label of feature.labels) labels.push(unique(label, labels));
      const size = feature.labels.length;
      return { feature, normalizer: createNormalizer(config, size), at, size };
    });
    this.labels = labels;
    this.streamNames = features.map(({ use }, i) => {
      const before = features.slice(0, i).filter((other) => other.use === use).length;
      return before === 0 ? use : `${use}/${before}`;
    });
    this.size = labels.length;
    this.ofAccount = this.placed.filter(({ feature }) => feature.isOfMarket !== true);
    this.listening = this.ofAccount.flatMap(({ feature }) => (feature.onMarket === undefined ? [] : [feature]));
    this.ahead = new NumbersAhead(
      this.placed.filter(({ feature }) => feature.isOfMarket === true),
      labels.length,
      firstStep,
    );
    this.isInstant =
      this.listening.length === 0 &&
      this.ofAccount.every(({ feature, normalizer }) => feature.isInstant === true && normalizer.isInstant);
    this.values = new Float64Array(labels.length);
    this.low = new Float32Array(labels.length);
    this.high = new Float32Array(labels.length);
    for (const { feature, normalizer, at, size } of this.placed) {
      this.low.fill(normalizer.bound(feature.low), at, at + size);
      this.high.fill(normalizer.bound(feature.high), at, at + size);
    }
  }

  /** Starts an episode, with a random stream for each feature. */
  begin(streams: readonly RandomStream[]): void {
    for (let i = 0; i < this.placed.length; i++) {
      this.placed[i]!.feature.begin(streams[i]!);
      this.placed[i]!.normalizer.begin();
    }
    this.ahead.begin();
  }

  /** The MARKET in a row of the block is being handled; `market` is the same. */
  onMarket(market: ObservedMarket, block: ObservedBlock, row: number): void {
    this.ahead.reach(block, row, market.step);
    this.row = row;
    const { listening } = this;
    for (let i = 0; i < listening.length; i++) listening[i]!.onMarket!(market);
  }

  /**
   * Writes the observation, as float32. To be called once at each decision: normalisation counts observations.
   *
   * @throws EpisodeError OBSERVATION_NOT_FINITE
   */
  write(out: Float32Array, at: number, account: ObservedAccount): void {
    if (this.writeAt(this.row, out, at, account)) return;
    for (let i = at; i < at + this.size; i++) if (!Number.isFinite(out[i])) this.failOn(i - at, out[i]!);
  }

  /** Makes sure that the numbers of rows from `row` on are there; returns the row after the last, `limit` at most. */
  ready(block: ObservedBlock, row: number, step: number, limit: number): number {
    if (row >= limit) return row;
    this.ahead.reach(block, row, step);
    return Math.min(limit, this.ahead.reached);
  }

  /** The rows up to this one have been handled; none of the features listens. */
  standAt(row: number): void {
    this.row = row;
  }

  /** Writes the observation at a row whose numbers are there; whether all of it is finite. */
  writeAt(row: number, out: Float32Array, at: number, account: ObservedAccount): boolean {
    const { ofAccount, values } = this;
    this.ahead.write(row, out, at);
    for (let i = 0; i < ofAccount.length; i++) {
      const { feature, normalizer, at: place, size } = ofAccount[i]!;
      feature.write(values, place, account);
      if (!normalizer.isPlain) normalizer.apply(values, place);
      for (let j = place; j < place + size; j++) out[at + j] = values[j]!;
    }
    // A difference is zero for numbers, NaN for anything else.
    let differences = 0;
    for (let i = at; i < at + this.size; i++) differences += out[i]! - out[i]!;
    return differences === 0;
  }

  private failOn(i: number, value: number): never {
    const rule = `${this.labels[i]} of the observation must be a finite number (float32)`;
    throw new EpisodeError('OBSERVATION_NOT_FINITE', `${rule}, got ${value}`);
  }
}

/** A feature that stands twice in the config, such as plain and normalised, has its second labels numbered. */
function unique(label: string, taken: readonly string[]): string {
  let name = label;
  for (let i = 2; taken.includes(name); i++) name = `${label}/${i}`;
  return name;
}

function createFeature(
  config: FeatureConfig,
  path: readonly (string | number)[],
  known: Readonly<Record<string, FeatureDefinition>>,
  setup: FeatureSetup,
): Feature {
  const { use, normalize: _, clip: __, ...given } = config;
  const definition = Object.hasOwn(known, use) ? known[use] : undefined;
  if (definition === undefined) {
    const hint = hintFor(use, Object.keys(known));
    throw new ConfigError([{ path: [...path, 'use'], rule: 'must name a feature', received: use, hint }]);
  }
  const { use: ___, ...parameters } = parseWith(parameterSchema(definition.parameters), { use, ...given }, path);
  const wrong = definition.check?.(parameters as never);
  if (wrong !== undefined) throw new ConfigError([{ path, rule: wrong }]);
  try {
    return definition.create(parameters as never, setup);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError([{ path, rule: error.message }]);
  }
}
