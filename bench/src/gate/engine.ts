/** The part of the engine that is called here. It is that of any build since there is one. */
export interface Engine {
  parseConfig(config: unknown): unknown;
  Simulation: new (config: unknown, parts: unknown) => Episodes;
}

interface Episodes {
  readonly fields: readonly string[];
  begin(episode: number): void;
  advance(): string;
  record(out: Float64Array, at: number): void;
}

/** Episodes `from` to `from + count - 1`. */
export interface Slice {
  readonly from: number;
  readonly count: number;
}

export interface SliceReport {
  /** Processor time of the whole process, milliseconds. */
  readonly cpuMs: number;
  /** Steps and fills of the episodes: builds that disagree do not do the same work. */
  readonly steps: number;
  readonly fills: number;
}

/** Runs whole episodes, with their records. */
export function runSlice(simulation: Episodes, { from, count }: Slice): SliceReport {
  const record = new Float64Array(simulation.fields.length);
  const stepsAt = simulation.fields.indexOf('steps');
  const fillsAt = simulation.fields.indexOf('fills');
  const start = process.cpuUsage();
  let steps = 0;
  let fills = 0;
  for (let episode = from; episode < from + count; episode++) {
    simulation.begin(episode);
    while (simulation.advance() !== 'ended');
    simulation.record(record, 0);
    steps += record[stepsAt]!;
    fills += record[fillsAt]!;
  }
  const { user, system } = process.cpuUsage(start);
  return { cpuMs: (user + system) / 1000, steps, fills };
}
