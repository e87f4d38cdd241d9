import { END_REASONS } from '@ergodic/core';
import type { Environments } from '../threads/environments.ts';
import { type FrameSocket, REPLY } from './frames.ts';
import type { Block } from './protocol.ts';

/** What `reset` and `step` are answered with: arrays as they lie in memory, then what is known of episodes that ended. */
export class StateWriter {
  /** The arrays, in the order in which they are sent. */
  readonly blocks: readonly Block[];
  private readonly environments: Environments;
  private readonly socket: FrameSocket;
  private readonly parts: readonly ArrayBufferView[];
  private readonly history: History | null;

  /** `history`: time, prices and positions too; it needs environments in this thread. */
  constructor(environments: Environments, socket: FrameSocket, history: boolean) {
    this.environments = environments;
    this.socket = socket;
    this.history = history ? new History(environments) : null;
    const { observationSize, rewardNames } = environments;
    const columns: [Block, ArrayBufferView][] = [
      [{ name: 'observations', type: '<f4', width: observationSize }, environments.observations],
      [{ name: 'rewards', type: '<f8', width: 1 }, environments.rewards],
      [{ name: 'equities', type: '<f8', width: 1 }, environments.equities],
      [{ name: 'episodes', type: '<f8', width: 1 }, environments.episodes],
      [{ name: 'steps', type: '<f8', width: 1 }, environments.steps],
      [{ name: 'rewardParts', type: '<f8', width: rewardNames.length }, environments.rewardParts],
      ...(this.history?.columns ?? []),
      // Last, so that each double lies at a multiple of 8 bytes from the first.
      [{ name: 'terminations', type: '<u1', width: 1 }, environments.terminations],
      [{ name: 'truncations', type: '<u1', width: 1 }, environments.truncations],
    ];
    const sent = columns.filter(([{ width }]) => width > 0);
    this.blocks = sent.map(([block]) => block);
    this.parts = sent.map(([, part]) => part);
  }

  write(): void {
    this.history?.update();
    const { ended } = this.environments;
    let count = 0;
    for (let i = 0; i < ended.length; i++) count += ended[i]!;
    if (count === 0) this.socket.write(REPLY.state, this.parts);
    else this.writeEnded(count);
  }

  /** Per ended episode: environment, index into the end reasons, number, figures, and with same-step its last observation. */
  private writeEnded(count: number): void {
    const { ended, endedEpisodes, endReasons, failures, fields, observationSize } = this.environments;
    const isSameStep = this.environments.autoreset === 'same-step';
    const indices = new Uint32Array(count);
    const reasons = new Uint32Array(count);
    const episodes = new Float64Array(count);
    const figures = new Float64Array(count * fields.length);
    const last = new Float32Array(isSameStep ? count * observationSize : 0);
    const failed: { index: number; code: string; message: string }[] = [];
    let row = 0;
    for (let i = 0; i < ended.length; i++) {
      if (ended[i] !== 1) continue;
      indices[row] = i;
      reasons[row] = END_REASONS.indexOf(endReasons[i]!);
      episodes[row] = endedEpisodes[i]!;
      this.environments.record(i, figures, row * fields.length);
      if (isSameStep) {
        const at = i * observationSize;
        last.set(this.environments.finalObservations.subarray(at, at + observationSize), row * observationSize);
      }
      const failure = failures[i];
      if (failure != null) failed.push({ index: i, code: failure.code, message: failure.message });
      row++;
    }
    const text = failed.length === 0 ? new Uint8Array(0) : new TextEncoder().encode(JSON.stringify(failed));
    const tail = [episodes, figures, indices, reasons, last, text];
    this.socket.write(REPLY.state, [...this.parts, ...tail], count, text.length);
  }
}

/** Time, prices and positions of each environment. */
class History {
  readonly columns: [Block, ArrayBufferView][];
  private readonly environments: Environments;
  private readonly times: Float64Array;
  private readonly prices: Float64Array;
  private readonly positions: Float64Array;
  private readonly state: Float64Array;

  constructor(environments: Environments) {
    this.environments = environments;
    const { count, symbols } = environments;
    const { length } = symbols;
    this.times = new Float64Array(count);
    this.prices = new Float64Array(count * length);
    this.positions = new Float64Array(count * length);
    this.state = new Float64Array(1 + 2 * length);
    this.columns = [
      [{ name: 'times', type: '<f8', width: 1 }, this.times],
      [{ name: 'prices', type: '<f8', width: length }, this.prices],
      [{ name: 'positions', type: '<f8', width: length }, this.positions],
    ];
  }

  update(): void {
    const { environments, times, prices, positions, state } = this;
    const { length } = environments.symbols;
    for (let i = 0; i < environments.count; i++) {
      environments.state(i, state);
      times[i] = state[0]!;
      prices.set(state.subarray(1, 1 + length), i * length);
      positions.set(state.subarray(1 + length), i * length);
    }
  }
}
