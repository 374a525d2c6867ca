/** A first-in, first-out queue whose items can leave from the middle in constant time, as aborted waits do. */

/** The links of an item of a {@link Queue}. An item is in one queue at a time. */
export interface Link<T> {
  previous?: T | undefined;
  next?: T | undefined;
}

/** A doubly linked list through its items: every operation takes constant time. */
export class Queue<T extends Link<T>> {
  #first: T | undefined;
  #last: T | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#first;
  }

  get last(): T | undefined {
    return this.#last;
  }

  /** Whether an item is in this queue. Only for items that can be in no other queue. */
  has(item: T): boolean {
    return item.previous !== undefined || this.#first === item;
  }

  push(item: T): void {
    item.previous = this.#last;
    item.next = undefined;
    if (this.#last === undefined) this.#first = item;
    else this.#last.next = item;
    this.#last = item;
    this.#size += 1;
  }

  unshift(item: T): void {
    item.previous = undefined;
    item.next = this.#first;
    if (this.#first === undefined) this.#last = item;
    else this.#first.previous = item;
    this.#first = item;
    this.#size += 1;
  }

  shift(): T | undefined {
    const item = this.#first;
    if (item !== undefined) this.remove(item);
    return item;
  }

  /** Removes an item that is in this queue. */
  remove(item: T): void {
    if (item.previous === undefined) this.#first = item.next;
    else item.previous.next = item.next;
    if (item.next === undefined) this.#last = item.previous;
    else item.next.previous = item.previous;
    item.previous = undefined;
    item.next = undefined;
    this.#size -= 1;
  }

  /** The items, oldest first. The current item may be removed while iterating. */
  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let item = this.#first; item !== undefined; ) {
      const following = item.next;
      yield item;
      item = following;
    }
  }
}
