/**
 * A short list that is filled and emptied all the time. Its array only grows: emptying a plain array gives its memory back
 * and the next push takes it again, which costs more than the order that is listed.
 */
export class OpenList<T> {
  private readonly items: (T | null)[] = [];
  count = 0;

  at(index: number): T {
    return this.items[index] as T;
  }

  push(item: T): void {
    if (this.count === this.items.length) this.items.push(item);
    else this.items[this.count] = item;
    this.count++;
  }

  /** Keeps the items for which `keep` holds, in order. */
  retain(keep: (item: T) => boolean): void {
    const before = this.count;
    let kept = 0;
    for (let i = 0; i < before; i++) {
      const item = this.items[i] as T;
      if (keep(item)) this.items[kept++] = item;
    }
    for (let i = kept; i < before; i++) this.items[i] = null;
    this.count = kept;
  }

  /** Takes one item out; nothing happens where it is not listed. */
  remove(item: T): void {
    let at = 0;
    while (at < this.count && this.items[at] !== item) at++;
    if (at === this.count) return;
    this.count--;
    for (; at < this.count; at++) this.items[at] = this.items[at + 1]!;
    this.items[this.count] = null;
  }

  clear(): void {
    this.items.fill(null, 0, this.count);
    this.count = 0;
  }

  /** A copy, as a plain array. */
  toArray(): T[] {
    return this.items.slice(0, this.count) as T[];
  }
}
