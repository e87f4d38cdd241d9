import { defineFeature, type FeatureDefinition, type ObservedMarket } from '../feature.ts';
import { type OnlineRegressor, RecursiveLeastSquares, Standardizer, StochasticGradient } from '../regression/index.ts';
import { logRatio, PriceFloor } from './price-floor.ts';
import { symbolParameter } from './symbols.ts';
import { featureOfTracks, Track } from './tracks.ts';

/** A model that expects more deviations than this has seen too little. */
const MOST_DEVIATIONS = 10;

class Prediction extends Track {
  private readonly floor = new PriceFloor();
  private readonly regressor: OnlineRegressor;
  private readonly standardizer: Standardizer;
  private readonly inDeviations: boolean;
  /** The last log returns, latest first. */
  private readonly lags: Float64Array;
  /** The lags of the latest MARKET, standardised: what the model learns from once the next return is seen. */
  private readonly inputs: Float64Array;
  private returns = 0;
  /** 0 before the first. */
  private price = 0;

  constructor(regressor: OnlineRegressor, inDeviations: boolean) {
    super();
    this.regressor = regressor;
    this.standardizer = new Standardizer(regressor.size);
    this.inDeviations = inDeviations;
    this.lags = new Float64Array(regressor.size);
    this.inputs = new Float64Array(regressor.size);
  }

  begin(): void {
    this.floor.begin();
    this.regressor.reset();
    this.standardizer.reset();
    this.lags.fill(0);
    this.inputs.fill(0);
    this.returns = 0;
    this.price = 0;
  }

  onMarket(market: ObservedMarket): void {
    const { lags, inputs, standardizer } = this;
    const before = this.price;
    this.price = this.floor.of(market.price);
    if (before === 0) return;
    const seen = logRatio(this.price, before);
    if (this.returns >= lags.length) this.regressor.learn(inputs, seen);
    for (let i = lags.length - 1; i > 0; i--) lags[i] = lags[i - 1]!;
    lags[0] = seen;
    if (++this.returns < lags.length) return;
    standardizer.learn(lags);
    standardizer.transform(lags, inputs);
  }

  write(out: Float64Array, at: number): void {
    const deviation = this.standardizer.deviation(0);
    const predicted = deviation > 0 ? this.regressor.predict(this.inputs) / deviation : 0;
    const limited = Math.min(Math.max(predicted, -MOST_DEVIATIONS), MOST_DEVIATIONS);
    out[at] = this.inDeviations ? limited : limited * deviation;
  }

  override fill(rows: readonly ObservedMarket[], count: number, out: Float64Array, at: number, stride: number): void {
    for (let i = 0; i < count; i++) {
      this.onMarket(rows[i]!);
      this.write(out, at + i * stride);
    }
  }
}

/**
 * What an online linear model expects of the next one-step log return, from the `lags` last ones, each standardised by its
 * running mean and deviation. At each MARKET the model learns the return that has just been seen from the inputs of the MARKET
 * before; the prediction then uses the new inputs. It starts anew with each episode.
 *
 * `deviation`: over the running deviation of the returns; `return`: as a log return. Either way within 10 deviations. 0 until
 * there are `lags` + 1 returns, and while the price has not moved.
 */
export const prediction: FeatureDefinition = defineFeature({
  name: 'prediction',
  description: 'The next log return as a linear model predicts it that learns during the episode.',
  parameters: {
    model: {
      type: 'string',
      enum: ['rls', 'sgd'],
      default: 'rls',
      description: 'Recursive least squares, or stochastic gradient descent.',
    },
    lags: { type: 'integer', minimum: 1, maximum: 100, default: 4, description: 'Log returns it sees.' },
    unit: { type: 'string', enum: ['deviation', 'return'], default: 'deviation', description: 'Of the prediction.' },
    forgetting: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.999,
      description: 'rls: weight of a step against the next one; 1 forgets nothing.',
    },
    initialCovariance: {
      type: 'number',
      minimum: 1e-9,
      maximum: 1e9,
      default: 1,
      description: 'rls: variance of each weight before the first return; its inverse is the ridge.',
    },
    learningRate: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.01,
      description: 'sgd: step along the gradient.',
    },
    schedule: {
      type: 'string',
      enum: ['constant', 'inverse-scaling'],
      default: 'constant',
      description: 'sgd: inverse-scaling divides the learning rate by (examples so far)^power.',
    },
    power: { type: 'number', minimum: 0, maximum: 10, default: 0.25, description: 'sgd: of inverse-scaling.' },
    l2: { type: 'number', minimum: 0, maximum: 1e9, default: 0, description: 'sgd: weight of the penalty |w|² / 2.' },
    symbol: symbolParameter,
  },
  create: ({ model, lags, unit, symbol, ...parameters }, setup) => {
    const { forgetting, initialCovariance, learningRate, power, l2 } = parameters;
    const schedule = parameters.schedule === 'constant' ? 'constant' : 'inverse-scaling';
    const regressor = (): OnlineRegressor =>
      model === 'rls'
        ? new RecursiveLeastSquares(lags, { forgetting, initialCovariance })
        : new StochasticGradient(lags, { learningRate, schedule, power, l2 });
    const bounds = unit === 'deviation' ? { low: -MOST_DEVIATIONS, high: MOST_DEVIATIONS } : {};
    const create = (): Track => new Prediction(regressor(), unit === 'deviation');
    return featureOfTracks(setup, { symbol, names: [['prediction']], ...bounds, create });
  },
}) as FeatureDefinition;
