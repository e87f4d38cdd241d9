/** What a list keeps in its items: an item is in one list at a time. */
export interface Linked<T> {
  prev: T | undefined;
  next: T | undefined;
}

/** A doubly linked list: an item in the middle (an aborted event) leaves at once, and its memory with it. */
export class LinkedList<T extends Linked<T>> {
  first: T | undefined = undefined;
  last: T | undefined = undefined;

  push(item: T): void {
    item.prev = this.last;
    item.next = undefined;
    if (this.last === undefined) this.first = item;
    else this.last.next = item;
    this.last = item;
  }

  unshift(item: T): void {
    item.prev = undefined;
    item.next = this.first;
    if (this.first === undefined) this.last = item;
    else this.first.prev = item;
    this.first = item;
  }

  /** The item must be in this list. */
  remove(item: T): void {
    if (item.prev === undefined) this.first = item.next;
    else item.prev.next = item.next;
    if (item.next === undefined) this.last = item.prev;
    else item.next.prev = item.prev;
    item.prev = undefined;
    item.next = undefined;
  }

  shift(): T | undefined {
    const item = this.first;
    if (item !== undefined) this.remove(item);
    return item;
  }
}
