import { ProcessStreams } from '../../../src/market/processes/process.ts';
import { RandomStream } from '../../../src/random/stream.ts';

/** Gives numbers instead of normals, then zeros. */
export class GivenNormals extends RandomStream {
  private readonly values: ArrayLike<number>;
  private taken = 0;

  constructor(values: ArrayLike<number> = []) {
    super([1, 2, 3, 4]);
    this.values = values;
  }

  override normal(): number {
    return this.values[this.taken++] ?? 0;
  }

  override fillNormal(out: Float64Array, from: number, to: number): void {
    for (let i = from; i < to; i++) out[i] = this.normal();
  }
}

/** Streams of a process with given shocks and, instead of all further streams, given normals. */
export class GivenStreams extends ProcessStreams {
  private readonly given: GivenNormals;
  private readonly further: GivenNormals;

  constructor(shocks: ArrayLike<number>, further: ArrayLike<number> = []) {
    super();
    this.given = new GivenNormals(shocks);
    this.further = new GivenNormals(further);
  }

  override get shocks(): GivenNormals {
    return this.given;
  }

  override extra(): RandomStream {
    return this.further;
  }
}

/** 1 at one place of `length`, else 0. */
export function unit(length: number, place: number): Float64Array {
  const values = new Float64Array(length);
  values[place] = 1;
  return values;
}
