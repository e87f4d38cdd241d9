import path from 'node:path';
import { PipelineNode } from '@ergodic/pipeline';
import { createInfluxHandler } from './influx.mjs';

/**
 * Takes the actions of episodes and stores them in the background, while others are being played: in a DuckDB file, by a node on
 * a thread of its own, and in InfluxDB where there are settings for it. Each node has a queue with a bound; `add` waits for room.
 */
export class Recorder {
  #nodes;
  #failures = new Map();
  /** Actions that are stored, by the name of the node. */
  stored = {};

  constructor({ out, influx, ...run }) {
    this.file = path.join(out, 'actions.duckdb');
    const queue = { capacity: 64, batch: 32, intervalMs: 100, retries: 2 };
    const thread = { module: new URL('store.mjs', import.meta.url), data: { file: this.file } };
    this.#nodes = [new PipelineNode({ name: 'store', thread, ...queue })];
    if (influx !== undefined) {
      const handler = createInfluxHandler(influx, run);
      this.#nodes.push(new PipelineNode({ name: 'influx', handler, ...queue, retries: 0 }));
    }
    for (const { name } of this.#nodes) this.stored[name] = 0;
  }

  /** Why InfluxDB has not got all actions; undefined where it has. */
  get influxFailure() {
    return this.#failures.get('influx');
  }

  async start() {
    await Promise.all(this.#nodes.map((node) => node.start()));
  }

  /** Fulfilled when the episode is in the queues. Throws what the store failed with, at this or an earlier episode. */
  async add({ stage, name: agent, iteration, episode }, { rows }) {
    for (const node of this.#nodes) {
      await node.ready();
      const stored = node.push({ stage, agent, iteration, episode, rows });
      stored.then(
        (count) => this.#count(node.name, count),
        (error) => this.#failures.set(node.name, error),
      );
    }
    this.#throwFailure();
  }

  /** Fulfilled when everything that was added is stored. */
  async close() {
    await Promise.all(this.#nodes.map((node) => node.close()));
    this.#throwFailure();
  }

  #count(name, count) {
    this.stored[name] += count;
  }

  /** The run goes on without InfluxDB, but not without its own file. */
  #throwFailure() {
    const failure = this.#failures.get('store');
    if (failure !== undefined) throw failure;
  }
}
