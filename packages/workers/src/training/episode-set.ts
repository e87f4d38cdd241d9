/** Numbers of episodes that are known, as ranges: they come nearly in order, and memory stays small. */
export class EpisodeSet {
  /** Ranges with gaps between them, in order; `to` exclusive. */
  private readonly ranges: { from: number; to: number }[] = [];

  /** All numbers below `next` are known. */
  constructor(next: number = 0) {
    if (next > 0) this.ranges.push({ from: 0, to: next });
  }

  /** One more than the highest number. */
  get next(): number {
    return this.ranges.at(-1)?.to ?? 0;
  }

  /** Adds a number; false where it is known. */
  add(number: number): boolean {
    const { ranges } = this;
    let i = ranges.length;
    while (i > 0 && ranges[i - 1]!.from > number) i--;
    const before = ranges[i - 1];
    if (before !== undefined && number < before.to) return false;
    const after = ranges[i];
    const joinsBefore = before?.to === number;
    const joinsAfter = after?.from === number + 1;
    if (joinsBefore && joinsAfter) {
      before!.to = after!.to;
      ranges.splice(i, 1);
    } else if (joinsBefore) before!.to++;
    else if (joinsAfter) after!.from--;
    else ranges.splice(i, 0, { from: number, to: number + 1 });
    return true;
  }
}
