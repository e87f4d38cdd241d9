import { describe, expect, test } from 'vitest';
import {
  type Config,
  Environment,
  RandomStream,
  Simulation,
  type Strategy,
  type StrategyContext,
  sample,
  sizeOf,
} from '../../src/index.ts';
import { Recording } from '../loop/simulate.ts';
import { configOf, FEATURES, TWO } from './configs.ts';

const CANDLES = {
  A: {
    process: 'heston',
    price: 100,
    drift: 0.1,
    longRunVariance: 0.5,
    meanReversionSpeed: 4,
    volOfVol: 1,
    correlation: -0.5,
    candles: {},
  },
};

const CASES: readonly (readonly [string, object])[] = [
  ['discrete actions', {}],
  ['discrete actions with shorts', { portfolio: { allowShort: true } }],
  ['discrete actions in two markets', { markets: TWO }],
  ['target weights', { environment: { observations: FEATURES, actions: { use: 'target-weights' } } }],
  [
    'target weights with shorts in two markets, correlated',
    {
      markets: TWO,
      correlation: {
        symbols: ['A', 'B'],
        matrix: [
          [1, 0.5],
          [0.5, 1],
        ],
      },
      portfolio: { allowShort: true, risk: { maxLeverage: 2 } },
      environment: { observations: FEATURES, actions: { use: 'target-weights', tolerance: 0.1 } },
    },
  ],
  ['orders', { environment: { observations: FEATURES, actions: { use: 'orders' } }, portfolio: { allowShort: true } }],
  ['orders on candles', { markets: CANDLES, environment: { observations: FEATURES, actions: { use: 'orders' } } }],
  ['latency', { markets: CANDLES, execution: { latency: '90m', fees: { taker: 0.001 } } }],
  ['optimistic fills in two markets', { markets: TWO, execution: { fill: 'optimistic', fees: { taker: 0.001 } } }],
  ['a warm-up', { environment: { observations: FEATURES, warmup: 12 } }],
  ['episodes that end in ruin', { portfolio: { ruin: 0.97 } }],
  ['more steps than a block', { steps: 1_100 }],
  ['heartbeats', { heartbeat: '150m' }],
  ['antithetic pairs', { antithetic: true }],
  [
    'domain randomisation',
    {
      randomize: {
        'markets.A.volatility': { uniform: [0.3, 2] },
        steps: { integer: [20, 60] },
        'execution.fees.taker': { choice: [0, 0.01] },
      },
    },
  ],
];

/** What an agent meets at one decision, or at the end. */
interface Seen {
  readonly observation: readonly number[];
  readonly equity: number;
}

/** Plays an episode with random actions from a stream of its own. */
function throughSteps(config: Config, episode: number) {
  const environment = new Environment(config);
  const random = new RandomStream([1, 2, 3, episode + 1]);
  const space = environment.actionSpace;
  let [observation, info] = environment.reset({ seed: config.seed, options: { episode } });
  const actions: number[][] = [];
  const seen: Seen[] = [];
  const rewards: number[] = [];
  for (let isOver = false; !isOver; ) {
    seen.push({ observation: [...observation], equity: info.equity });
    const action = new Array<number>(sizeOf(space)).fill(0);
    sample(space, random, action);
    actions.push(action);
    let reward: number;
    let terminated: boolean;
    let truncated: boolean;
    [observation, reward, terminated, truncated, info] = environment.step(action);
    rewards.push(reward);
    expect(Object.values(info.rewards).reduce((sum, part) => sum + part, 0)).toBeCloseTo(reward, 12);
    isOver = terminated || truncated;
    expect(terminated).toBe(isOver && info.endReason !== 'completed');
    expect(truncated).toBe(info.endReason === 'completed');
  }
  return { actions, seen, rewards, end: { observation, info } };
}

/** Plays the same actions as a strategy of `ergodic run`. */
function throughRun(config: Config, episode: number, actions: readonly number[][]) {
  const seen: Seen[] = [];
  const create = (): Strategy => {
    let decision = 0;
    return {
      onObservation(observation: Float32Array, context: StrategyContext) {
        seen.push({ observation: [...observation], equity: context.equity });
        context.act(actions[decision++]!);
      },
    };
  };
  const strategies = { played: { name: 'played', parameters: {}, create } };
  const simulation = new Simulation({ ...config, strategy: { use: 'played' } }, { strategies });
  const recording = new Recording();
  simulation.begin(episode, { recorder: recording });
  while (simulation.advance() !== 'ended');
  const record = new Float64Array(simulation.fields.length);
  simulation.record(record, 0);
  return { seen, recording, figures: Object.fromEntries(simulation.fields.map((name, i) => [name, record[i]!])) };
}

describe('an environment and ergodic run with the same decisions', () => {
  test.each(CASES)('agree to the last bit: %s', (_, changes) => {
    const config = configOf(changes);
    for (const episode of [0, 1, 5]) {
      const stepped = throughSteps(config, episode);
      const { seen, recording, figures } = throughRun(config, episode, stepped.actions);
      expect(stepped.seen).toEqual(seen);
      const { final, equity, episode: played } = stepped.end.info;
      expect(played).toBe(episode);
      expect(Object.fromEntries(Object.entries(final!).map(([name, value]) => [name, value ?? Number.NaN]))).toEqual(
        figures,
      );
      expect(equity).toBe(figures.finalEquity);
      // The reward of the steps before the first decision belongs to no action.
      const warmup = config.environment!.warmup;
      expect(stepped.rewards).toEqual(recording.total.slice(warmup + 1));
      expect(recording.fills.length).toBe(figures.fills);
      expect(seen.length).toBeGreaterThan(0);
    }
  });

  test('there is something to compare: orders fill, equity moves, episodes are ruined', () => {
    const fills = CASES.map(([, changes]) => throughSteps(configOf(changes), 0).end.info.final!.fills!);
    for (const count of fills) expect(count).toBeGreaterThan(0);
    const reasons = [0, 1, 2, 3].map(
      (episode) => throughSteps(configOf({ portfolio: { ruin: 0.97 } }), episode).end.info.endReason,
    );
    expect(reasons).toContain('ruined');
  });

  test('the last observation holds the last MARKET of every symbol', () => {
    for (const markets of [configOf().markets, TWO]) {
      const config = configOf({ markets, environment: { observations: [{ use: 'returns', count: 1 }] } });
      const { end, actions } = throughSteps(config, 3);
      const { recording } = throughRun(config, 3, actions);
      const [before, last] = recording.prices.slice(-2) as [number[], number[]];
      const expected = last.map((price, i) => Math.fround(Math.log(price / before[i]!)));
      end.observation.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 7);
      });
    }
  });
});
