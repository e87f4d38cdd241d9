import { resolve } from 'node:path';
import { type AgentPlayer, EpisodeError, type QueuedEvent, type Simulation, type Tracer } from '@ergodic/core';
import { RunError } from './errors.ts';
import { Seat } from './policies/seat.ts';
import { openPolicy, type PolicySpec } from './policies/settings.ts';
import { type OpenRun, openRun } from './prepare.ts';
import { createSimulation } from './simulation.ts';
import { Database, parquetSource, quoteName } from './store/database.ts';
import { tableFiles } from './store/parts.ts';
import type { TRAINING_FIELDS } from './training/fields.ts';
import { createPlayers } from './training/players.ts';
import { WeightStore, type Weights } from './training/weights.ts';

/**
 * One event of a replayed episode: `type`, `timeMs`, `step` and the event's own fields. Where values are drawn, the first line is
 * `DRAWS` with `draws`: each value by its path, as the episode's config has it.
 */
export type TraceLine = { readonly type: string; readonly timeMs: number; readonly step: number } & Record<
  string,
  unknown
>;

export interface ReplayOutcome {
  readonly episode: number;
  readonly endReason: string;
  readonly failure: { readonly code: string; readonly message: string; readonly stack: string | undefined } | null;
  /** Figures by field; null where undefined or failed. */
  readonly record: Readonly<Record<string, number | null>>;
  /** Fields whose stored value differs; empty when the replay agrees, null when the episode is not stored. */
  readonly differences: readonly string[] | null;
}

/** Runs one episode of a stored run again, in this thread, and hands every event to `onEvent`. */
export async function replayEpisode(
  dir: string,
  episode: number,
  onEvent: (line: TraceLine) => void,
): Promise<ReplayOutcome> {
  const run = openRun(resolve(dir));
  const { manifest, spec } = run;
  if (!Number.isInteger(episode) || episode < 0 || episode >= manifest.config.episodes) {
    const range = `0 to ${manifest.config.episodes - 1}`;
    throw new RunError('EPISODE_OUT_OF_RANGE', `--episode must be a whole number from ${range}, got ${episode}`);
  }
  if (manifest.training?.trainer === 'elsewhere') {
    const why = `its actions came from ${manifest.training.address} and are not stored`;
    throw new RunError('TRAINED_ELSEWHERE', `${dir}: an episode of this run cannot be replayed, ${why}`);
  }
  const players = manifest.training === undefined ? null : await createPlayers(spec);
  const simulation = players?.simulation ?? (await createSimulation(spec));
  const values = new Float64Array(simulation.fields.length).fill(Number.NaN);
  simulation.recordDraws(episode, values, 0);
  const { draws } = simulation;
  if (Object.keys(draws).length > 0) onEvent({ type: 'DRAWS', timeMs: simulation.startMs, step: 0, draws });
  let failure: ReplayOutcome['failure'] = null;
  try {
    const tracer = tracerFor(onEvent, simulation.symbols);
    if (spec.policy !== undefined) await playPolicy(spec.policy, simulation, episode, tracer);
    else if (players !== null) playTraining(run, players.trained, episode, tracer);
    else {
      simulation.begin(episode, { tracer });
      while (simulation.advance() !== 'ended');
    }
    simulation.record(values, 0);
  } catch (error) {
    if (!(error instanceof EpisodeError)) throw error;
    const cause = error.cause instanceof Error ? error.cause : error;
    failure = { code: error.code, message: error.message, stack: cause.stack };
  }
  const endReason = failure === null ? simulation.loop.endReason! : 'failed';
  const figures = simulation.fields.map((field, j) => [field, Number.isNaN(values[j]!) ? null : values[j]!] as const);
  const record = { ...Object.fromEntries(figures), ...(players === null ? {} : trainingColumns(run, episode)) };
  return { episode, endReason, failure, record, differences: await compare(run.dir, episode, endReason, record) };
}

/** The weights that a training episode started from. */
function weightsOf({ dir, manifest }: OpenRun, episode: number): Weights {
  const { config, layout } = manifest;
  return new WeightStore(dir, layout.agent!.weights).read(Math.floor(episode / config.training!.episodes));
}

function trainingColumns(run: OpenRun, episode: number): Record<(typeof TRAINING_FIELDS)[number], number> {
  const { iteration, version } = weightsOf(run, episode);
  return { trainingIteration: iteration, policyVersion: version };
}

/** Plays an episode from the weights of its iteration, learning as it did. */
function playTraining(run: OpenRun, player: AgentPlayer, episode: number, tracer: Tracer): void {
  const { iteration, values: weights } = weightsOf(run, episode);
  player.begin(episode, { tracer }, { weights, iteration, isExploring: true, isLearning: true });
  while (player.advance() !== 'ended');
  player.writeChange(new Float64Array(weights.length), 0);
}

/** Plays an episode in the row of the batch that it had in the run, the others empty. */
async function playPolicy(spec: PolicySpec, simulation: Simulation, episode: number, tracer: Tracer): Promise<void> {
  const batch = await openPolicy(spec, simulation);
  const seat = new Seat(simulation, batch, episode % batch.rows);
  try {
    let isDeciding = seat.begin(episode, { tracer });
    while (isDeciding) {
      await batch.run();
      isDeciding = seat.act();
    }
  } finally {
    await batch.release();
  }
}

async function compare(
  dir: string,
  episode: number,
  endReason: string,
  record: Readonly<Record<string, number | null>>,
): Promise<string[] | null> {
  const files = tableFiles(dir, 'episodes');
  if (files.length === 0) return null;
  const database = await Database.open();
  try {
    const fields = Object.keys(record);
    const selected = ['endReason', ...fields.map((field) => `CAST(${quoteName(field)} AS DOUBLE)`)].join(', ');
    const source = parquetSource(files);
    const [stored] = await database.rows(`SELECT ${selected} FROM ${source} WHERE episode = ${episode}`);
    if (stored === undefined) return null;
    const differing = fields.filter((field, j) => stored[j + 1] !== record[field]);
    return stored[0] === endReason ? differing : ['endReason', ...differing];
  } finally {
    database.close();
  }
}

function tracerFor(onEvent: (line: TraceLine) => void, symbols: readonly string[]): Tracer {
  return {
    market: ({ timeMs, step, symbol, open, high, low, close, volume }) => {
      const traded = Number.isNaN(volume) ? {} : { volume };
      onEvent({ type: 'MARKET', timeMs, step, symbol, open, high, low, close, ...traded });
    },
    step: (columns, slot) => {
      const prices = Object.fromEntries(symbols.map((symbol, i) => [symbol, columns.price[i]![slot]!]));
      onEvent({
        type: 'MARK',
        timeMs: columns.timeMs[slot]!,
        step: columns.base + slot,
        equity: columns.equity[slot]!,
        prices,
      });
    },
    event: (event, step) => {
      const line = traceLine(event, step);
      if (line !== null) onEvent(line);
    },
  };
}

/** An event's own fields; the second half of a MARKET is no event of its own. */
function traceLine(event: QueuedEvent, step: number): TraceLine | null {
  const base = { type: event.type as string, timeMs: event.timeMs, step };
  switch (event.type) {
    case 'DECISION':
      return null;
    case 'SIGNAL': {
      const { orderId, symbol, target, orderSide, quantity, instructions } = event;
      const wish = target === null ? { orderSide, quantity } : { target };
      return { ...base, symbol, orderId, ...wish, ...instructions };
    }
    case 'ORDER': {
      const { orderId, symbol, orderSide, orderType, timeInForce, quantity, limitPrice, triggerPrice } = event.order;
      const prices = {
        ...(Number.isNaN(limitPrice) ? {} : { limitPrice }),
        ...(Number.isNaN(triggerPrice) ? {} : { triggerPrice }),
      };
      return { ...base, symbol, orderId, orderSide, orderType, timeInForce, quantity, ...prices };
    }
    case 'FILL': {
      const { order, filledQty, price, commission, slippage, liquidity, spread, impact } = event;
      const { symbol, orderId, orderSide } = order;
      return {
        ...base,
        symbol,
        orderId,
        orderSide,
        filledQty,
        price,
        commission,
        slippage,
        liquidity,
        spread,
        impact,
      };
    }
    case 'ORDER_UPDATE': {
      const { order, status, reason } = event;
      const { symbol, orderId } = order;
      return { ...base, symbol, orderId, status, ...(reason === '' ? {} : { reason }) };
    }
    case 'CANCEL':
      return { ...base, orderId: event.orderId };
    case 'TIMER':
      return { ...base, tag: event.tag };
    case 'CUSTOM':
      return { ...base, type: event.name, payload: event.payload };
    case 'EXPIRY':
      return base;
  }
}
