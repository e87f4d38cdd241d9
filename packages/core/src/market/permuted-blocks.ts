import type { RandomStream } from '../random/stream.ts';

/** Numbers 0 … n − 1 in random order, each once before any comes again: the shuffle of Fisher and Yates, one number at a time. */
export class PermutedBlocks {
  private readonly order: Uint32Array;
  private used = 0;

  constructor(n: number) {
    this.order = new Uint32Array(n);
  }

  /** Starts an episode: its order depends on none before it. */
  begin(): void {
    const { order } = this;
    for (let i = 0; i < order.length; i++) order[i] = i;
    this.used = 0;
  }

  /** One draw a call. */
  next(random: RandomStream): number {
    const { order } = this;
    if (this.used === order.length) this.used = 0;
    const from = this.used++;
    const chosen = from + random.integer(order.length - from);
    const block = order[chosen]!;
    order[chosen] = order[from]!;
    order[from] = block;
    return block;
  }
}
