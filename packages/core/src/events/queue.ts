import type { QueuedEvent } from './events.ts';

const RINGS = 10;
const WAKE_BIT = 1 << 10;

/** A growing ring buffer: first in, first out. The capacity is a power of two, so an index wraps with a mask. */
class Ring {
  private slots: (QueuedEvent | null)[] = [null, null, null, null, null, null, null, null];
  private head = 0;
  length = 0;

  push(event: QueuedEvent): void {
    if (this.length === this.slots.length) this.grow();
    this.slots[(this.head + this.length) & (this.slots.length - 1)] = event;
    this.length++;
  }

  shift(): QueuedEvent {
    const event = this.slots[this.head]!;
    this.slots[this.head] = null;
    this.head = (this.head + 1) & (this.slots.length - 1);
    this.length--;
    return event;
  }

  clear(): void {
    while (this.length > 0) this.shift();
    this.head = 0;
  }

  private grow(): void {
    const { slots, head, length } = this;
    const next: (QueuedEvent | null)[] = new Array(length * 2).fill(null);
    for (let i = 0; i < length; i++) next[i] = slots[(head + i) & (length - 1)]!;
    this.slots = next;
    this.head = 0;
  }
}

/**
 * Pending events in the order (time, priority, sequence). The sequence is the order of `push`: events equal in time and
 * priority come out first in, first out.
 *
 *     now:    one ring per priority, and a bitmask of the rings that hold something
 *     later:  a binary heap on (time, priority, sequence)
 *
 * When the clock advances, what the heap holds for the new time moves into the rings in heap order; later pushes have later
 * sequences, so the rings keep the order without comparing it. A push costs one ring slot for now, O(log n) for later.
 */
export class EventQueue {
  /** Bit p is set while ring p holds an event that is due now. Read by the loop; written here only. */
  mask = 0;
  /** Time of the earliest event in the heap, epoch ms; Infinity when there is none. */
  nextMs: number = Number.POSITIVE_INFINITY;
  nowMs = 0;
  private readonly rings: Ring[] = Array.from({ length: RINGS }, () => new Ring());
  private heapTime: number[] = [];
  private heapPriority: number[] = [];
  private heapSequence: number[] = [];
  private heapEvent: QueuedEvent[] = [];
  private sequence = 0;

  /** Empties the queue and sets the clock. */
  reset(nowMs: number): void {
    for (const ring of this.rings) ring.clear();
    this.heapTime.length = this.heapPriority.length = this.heapSequence.length = this.heapEvent.length = 0;
    this.mask = 0;
    this.sequence = 0;
    this.nowMs = nowMs;
    this.nextMs = Number.POSITIVE_INFINITY;
  }

  /** Number of pending events, now and later. */
  get size(): number {
    let size = this.heapEvent.length;
    for (const ring of this.rings) size += ring.length;
    return size;
  }

  /** Adds an event that is due at `timeMs`, which must not lie before the clock. `priority` is one of `PRIORITY`. */
  push(timeMs: number, priority: number, event: QueuedEvent): void {
    if (timeMs === this.nowMs) {
      this.rings[priority]!.push(event);
      this.mask |= 1 << priority;
    } else if (timeMs > this.nowMs) this.pushLater(timeMs, priority, event);
    else throw new RangeError(`an event must not be due before the clock ${this.nowMs}, got ${timeMs} (${event.type})`);
  }

  /** The lowest priority that is due now; only meaningful while `mask` is not 0. */
  get first(): number {
    const mask = this.mask;
    return 31 - Math.clz32(mask & -mask);
  }

  /** Takes the earliest event of a priority that is due now. */
  shift(priority: number): QueuedEvent {
    const ring = this.rings[priority]!;
    const event = ring.shift();
    if (ring.length === 0) this.mask &= ~(1 << priority);
    return event;
  }

  /** Marks a priority as due now that holds no event of its own: MARKET (read from the lane), PAUSE. */
  raise(priority: number): void {
    this.mask |= 1 << priority;
  }

  /** Takes back `raise`. */
  lower(priority: number): void {
    this.mask &= ~(1 << priority);
  }

  /** Makes the later events of one priority due now, in their order. */
  hasten(priority: number): void {
    if (!this.heapPriority.includes(priority)) return;
    const kept: [number, number, QueuedEvent][] = [];
    while (this.heapEvent.length > 0) {
      const [timeMs, of, event] = [this.heapTime[0]!, this.heapPriority[0]!, this.heapEvent[0]!];
      this.removeTop();
      if (of === priority) this.push(this.nowMs, of, event);
      else kept.push([timeMs, of, event]);
    }
    for (const [timeMs, of, event] of kept) this.pushLater(timeMs, of, event);
  }

  /** Moves the clock forward and makes what is due at that time due now. */
  advanceTo(timeMs: number): void {
    this.nowMs = timeMs;
    while (this.nextMs === timeMs) this.popHeap();
  }

  private before(a: number, b: number): boolean {
    if (this.heapTime[a]! !== this.heapTime[b]!) return this.heapTime[a]! < this.heapTime[b]!;
    if (this.heapPriority[a]! !== this.heapPriority[b]!) return this.heapPriority[a]! < this.heapPriority[b]!;
    return this.heapSequence[a]! < this.heapSequence[b]!;
  }

  private swap(a: number, b: number): void {
    for (const column of [this.heapTime, this.heapPriority, this.heapSequence]) {
      const kept = column[a]!;
      column[a] = column[b]!;
      column[b] = kept;
    }
    const kept = this.heapEvent[a]!;
    this.heapEvent[a] = this.heapEvent[b]!;
    this.heapEvent[b] = kept;
  }

  private pushLater(timeMs: number, priority: number, event: QueuedEvent): void {
    let at = this.heapEvent.length;
    this.heapTime.push(timeMs);
    this.heapPriority.push(priority);
    this.heapSequence.push(this.sequence++);
    this.heapEvent.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(at, parent)) break;
      this.swap(at, parent);
      at = parent;
    }
    this.nextMs = this.heapTime[0]!;
    this.mask |= WAKE_BIT;
  }

  private popHeap(): void {
    const priority = this.heapPriority[0]!;
    this.rings[priority]!.push(this.heapEvent[0]!);
    this.mask |= 1 << priority;
    this.removeTop();
  }

  private removeTop(): void {
    const last = this.heapEvent.length - 1;
    this.swap(0, last);
    this.heapTime.pop();
    this.heapPriority.pop();
    this.heapSequence.pop();
    this.heapEvent.pop();
    let at = 0;
    for (;;) {
      let least = at;
      const left = 2 * at + 1;
      if (left < last && this.before(left, least)) least = left;
      if (left + 1 < last && this.before(left + 1, least)) least = left + 1;
      if (least === at) break;
      this.swap(at, least);
      at = least;
    }
    this.nextMs = last === 0 ? Number.POSITIVE_INFINITY : this.heapTime[0]!;
  }
}
