import { createSimulation, runEpisode, type Subject } from './subject.ts';

/**
 * Largest relative difference that counts as rounding. Not bit for bit: the C programs call libm's exp and log, the engine
 * its own exp and V8's (fdlibm's), and their last bits differ. Over 10,000 steps that reaches about 1e-14 of a price;
 * a figure near zero that is a difference of large ones, such as a total return, loses four or five digits more.
 */
export const TOLERANCE = 1e-9;

export interface Difference {
  readonly episode: number;
  readonly field: string;
  readonly engine: number;
  readonly limit: number;
  /** Relative to the larger of the two; NaN where only one is a number. */
  readonly relative: number;
}

/** Runs episodes 0, 1, … on the engine and lists where `records`, those of the C program, say something else. */
export function differences(subject: Subject, records: readonly (readonly number[])[]): Difference[] {
  const simulation = createSimulation(subject);
  const { fields } = simulation;
  const engine = new Float64Array(fields.length);
  return records.flatMap((limit, episode) => {
    if (limit.length !== fields.length) {
      throw new Error(
        `${subject.name}.c must write ${fields.length} fields (${fields.join(', ')}), got ${limit.length}`,
      );
    }
    runEpisode(simulation, episode, engine, 0);
    return fields.flatMap((field, i) => {
      const relative = relativeDifference(engine[i]!, limit[i]!);
      return relative <= TOLERANCE ? [] : [{ episode, field, engine: engine[i]!, limit: limit[i]!, relative }];
    });
  });
}

export function describeDifference({ episode, field, engine, limit, relative }: Difference): string {
  return `episode ${episode}, ${field}: engine ${engine}, C ${limit}, relative difference ${relative}`;
}

export function relativeDifference(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  return Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}
