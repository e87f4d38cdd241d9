import { RllinkError } from './errors.ts';
import { fromWire, type Parameter, toWire } from './ndarray.ts';

/** Requests of a client, as of protocol 0.0.1 (`ray.rllib.env.external.rllink`, Ray 2.60). */
export type RequestType = 'PING' | 'GET_STATE' | 'EPISODES';
export type ResponseType = 'PONG' | 'SET_STATE';

/** Name → array, as the `state_dict` of the server's RLModule has them. */
export type Parameters = ReadonlyMap<string, Parameter>;

/** What the server acts on: `weightsSeqNo` counts its updates. */
export interface ServerState {
  readonly weightsSeqNo: number;
  /** Decodes the weights. Throws RllinkError `RLLINK_PROTOCOL`. */
  parameters(): Parameters;
}

/** The state in a SET_STATE. Throws RllinkError `RLLINK_PROTOCOL`. */
export function serverState(message: ReadonlyMap<unknown, unknown>): ServerState {
  const state = message.get('state');
  const module = state instanceof Map ? state.get('rl_module') : undefined;
  const weightsSeqNo = state instanceof Map ? state.get('weights_seq_no') : undefined;
  if (!(module instanceof Map) || !Number.isSafeInteger(weightsSeqNo)) {
    throw new RllinkError(
      'RLLINK_PROTOCOL',
      'SET_STATE must have state.rl_module and state.weights_seq_no, this one has not',
    );
  }
  const parameters = (): Parameters =>
    new Map([...module].map(([name, value]) => [String(name), fromWire(value, String(name))]));
  return { weightsSeqNo, parameters };
}

/** The steps of one episode, or of a part of it, ready to be sent: the state of a `SingleAgentEpisode`. */
export interface EpisodeChunk {
  readonly id: string;
  /** Steps before this chunk. */
  readonly tStarted: number;
  /** Steps of this chunk, without `lookback`. */
  readonly steps: number;
  /** Rows of the chunk before, 0 or 1, that come first in every column: the state of an LSTM is read from there. */
  readonly lookback: number;
  readonly observations: Float32Array;
  readonly observationSize: number;
  /** int64 for choices, float32 for a Box. */
  readonly actions: BigInt64Array | Float32Array;
  /** Numbers per action; undefined where an action is one number and no list. */
  readonly actionSize: number | undefined;
  readonly rewards: Float32Array;
  readonly inputs: Float32Array;
  readonly logp: Float32Array;
  /** After each step. */
  readonly state: { readonly h: Float32Array; readonly c: Float32Array } | undefined;
  readonly isTerminated: boolean;
  readonly isTruncated: boolean;
  /** Wall clock, in seconds, of its first and of its last step. */
  readonly startTime: number;
  readonly lastStepTime: number;
}

/** EPISODES: what RLlib's server feeds to its learner. */
export function episodesMessage(chunks: readonly EpisodeChunk[]): object {
  const timesteps = chunks.reduce((sum, { steps }) => sum + steps, 0);
  return { type: 'EPISODES' satisfies RequestType, episodes: chunks.map(episodeState), timesteps };
}

function episodeState(chunk: EpisodeChunk): object {
  const { lookback, steps, observationSize, actionSize, inputs, state } = chunk;
  const rows = lookback + steps;
  const column = (data: unknown, finalized = true): object => ({ data, lookback, finalized, space: null });
  const states = state && {
    h: toWire({ shape: [rows, 1, state.h.length / rows], data: state.h }),
    c: toWire({ shape: [rows, 1, state.c.length / rows], data: state.c }),
  };
  return {
    id_: chunk.id,
    agent_id: null,
    module_id: null,
    multi_agent_episode_id: null,
    observations: column(toWire({ shape: [rows + 1, observationSize], data: chunk.observations })),
    actions: column(toWire({ shape: actionSize === undefined ? [rows] : [rows, actionSize], data: chunk.actions })),
    rewards: column(toWire({ shape: [rows], data: chunk.rewards })),
    infos: column(
      Array.from({ length: rows + 1 }, () => ({})),
      false,
    ),
    extra_model_outputs: {
      action_dist_inputs: column(toWire({ shape: [rows, inputs.length / rows], data: inputs })),
      action_logp: column(toWire({ shape: [rows], data: chunk.logp })),
      ...(states === undefined ? {} : { state_out: column(states) }),
    },
    is_terminated: chunk.isTerminated,
    is_truncated: chunk.isTruncated,
    t_started: chunk.tStarted,
    t: chunk.tStarted + steps,
    _observation_space: null,
    _action_space: null,
    _start_time: chunk.startTime,
    _last_step_time: chunk.lastStepTime,
    custom_data: {},
  };
}
