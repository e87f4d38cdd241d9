import {
  type AgentPlay,
  AgentPlayer,
  chooseAgent,
  createAgent,
  type PartConfig,
  parseTrainingConfig,
  RunningMoments,
  Simulation,
} from '../../src/index.ts';

/** Log prices that return to their mean with a half-life of 12 hours: returns can be told in advance. */
export const REVERTING: object = {
  process: 'exp-ou',
  price: 100,
  longRunMean: 100,
  meanReversionSpeed: 500,
  volatility: 1,
};
/** A martingale: nothing can be told in advance. */
export const MARTINGALE: object = { process: 'gbm', price: 100, drift: 0, volatility: 0.7 };

/** A simulation for agents, on one market. */
export function arena(market: object, changes: object = {}): Simulation {
  const config = parseTrainingConfig({
    seed: 'learning',
    steps: 300,
    markets: { X: market },
    environment: {
      observations: [{ use: 'moving-average', window: 20, normalize: 'running', clip: 5 }, { use: 'position' }],
    },
    ...changes,
  });
  return new Simulation(config, { external: true });
}

export function playerOf(simulation: Simulation, part: PartConfig, iterations: number = 1): AgentPlayer {
  const { observer, actions } = simulation.agent!;
  const setup = { observationLabels: observer.labels, actionSpace: actions.space, iterations };
  return new AgentPlayer(simulation, createAgent(chooseAgent(part), setup));
}

/** Plays an episode; the figures of its record, in the order of `fields`. */
export function play(simulation: Simulation, player: AgentPlayer, episode: number, how: AgentPlay): Float64Array {
  const record = new Float64Array(simulation.fields.length);
  player.begin(episode, {}, how);
  while (player.advance() !== 'ended');
  simulation.record(record, 0);
  return record;
}

/** The weights after iterations of episodes whose changes are averaged. */
export function train(simulation: Simulation, player: AgentPlayer, iterations: number, episodes: number): Float64Array {
  let weights = new Float64Array(player.agent.size);
  const change = new Float64Array(weights.length);
  for (let iteration = 0; iteration < iterations; iteration++) {
    const sum = new Float64Array(weights.length);
    for (let e = 0; e < episodes; e++) {
      play(simulation, player, iteration * episodes + e, { weights, iteration, isExploring: true, isLearning: true });
      player.writeChange(change, 0);
      for (let i = 0; i < sum.length; i++) sum[i]! += change[i]!;
    }
    weights = weights.map((weight, i) => weight + sum[i]! / episodes);
  }
  return weights;
}

export interface Comparison {
  /** Trained less random, of the reward, episode by episode: mean and standard error. */
  readonly mean: number;
  readonly error: number;
  /** Fills of the trained agent in an episode, at the mean. */
  readonly fills: number;
}

/** Trains an agent on some episodes and holds it against the random one on others. */
export function trainedAgainstRandom(part: PartConfig, market: object, changes: object = {}): Comparison {
  const iterations = 15;
  const episodes = 24;
  const simulation = arena(market, changes);
  const player = playerOf(simulation, part, iterations);
  const random = playerOf(simulation, { use: 'random' });
  const weights = train(simulation, player, iterations, episodes);
  const [rewardAt, fillsAt] = ['totalReward', 'fills'].map((name) => simulation.fields.indexOf(name));
  const differences = new RunningMoments();
  const fills = new RunningMoments();
  const plain = { iteration: 0, isLearning: false };
  for (let e = iterations * episodes; e < iterations * episodes + 200; e++) {
    const trained = play(simulation, player, e, { ...plain, weights, isExploring: false });
    const other = play(simulation, random, e, { ...plain, weights: new Float64Array(0), isExploring: true });
    differences.add(trained[rewardAt!]! - other[rewardAt!]!);
    fills.add(trained[fillsAt!]!);
  }
  return { mean: differences.mean, error: differences.sd / Math.sqrt(differences.n), fills: fills.mean };
}
