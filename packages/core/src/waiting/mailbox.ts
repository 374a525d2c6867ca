/** A queue of items and waiting readers, both in order, with signals, timeouts, an end, and a bound. */

import { TimeoutError } from "../errors.ts";
import type { ItemSource } from "./item-stream.ts";
import { checkGiven } from "./option-table.ts";
import { type Link, Queue } from "./queue.ts";
import { type Reader, Readers } from "./readers.ts";
import { onGivingUp, type WaitOptions, waitRules } from "./wait-options.ts";

interface Waiter extends Link<Waiter> {
  readonly tell: () => void;
}

export class Mailbox<T> implements ItemSource<T> {
  readonly #bound: number;
  #items: T[] = [];
  readonly #readers = new Readers<T>();
  readonly #onRoom = new Queue<Waiter>();
  #end: { readonly error: unknown } | undefined;

  /** @param bound the most items that may wait */
  constructor(bound = Number.POSITIVE_INFINITY) {
    this.#bound = bound;
  }

  /** Number of waiting items. */
  get size(): number {
    return this.#items.length;
  }

  /** Number of waiting readers. */
  get waiting(): number {
    return this.#readers.size;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Adds an item. Returns the oldest one if it was dropped because of the bound. After the end, items are ignored. */
  push(item: T): T | undefined {
    if (this.#end !== undefined) return undefined;
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader.resolve(item);
      return undefined;
    }
    this.#items.push(item);
    return this.#items.length > this.#bound ? this.#items.shift() : undefined;
  }

  /** Accepts no more items. Readers get the remaining items, then the error. */
  end(error: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#readers.rejectAll(error);
    this.#tellRoom();
  }

  /** Ends at once, and returns the remaining items. */
  clear(error: unknown): T[] {
    this.end(error);
    this.#end = { error };
    const left = this.#items;
    this.#items = [];
    return left;
  }

  /** Requests the next item. Returns the reader if it has to wait. Otherwise one of the callbacks was called. */
  request(resolve: (item: T) => void, reject: (error: unknown) => void, owner?: object): Reader<T> | undefined {
    if (this.#items.length > 0) {
      resolve(this.#items.shift() as T);
      this.#tellRoom();
      return undefined;
    }
    if (this.#end !== undefined) {
      reject(this.#end.error);
      return undefined;
    }
    const reader: Reader<T> = {
      resolve,
      reject,
      owner,
      earliest: 0,
      waiting: true,
      previous: undefined,
      next: undefined,
    };
    this.#readers.push(reader);
    return reader;
  }

  leaveAll(owner: object, error: unknown): boolean {
    let left = false;
    for (const reader of this.#readers.of(owner)) {
      this.#readers.remove(reader);
      reader.reject(error);
      left = true;
    }
    return left;
  }

  /** Takes the next item, in the order of the calls. A call that is aborted or times out loses no item. */
  take(options: WaitOptions = {}): Promise<T> {
    try {
      checkGiven("receive", waitRules, options);
    } catch (error) {
      return Promise.reject(error);
    }
    const { signal, timeout } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      let release = nothing;
      const reader = this.request(
        (item) => {
          release();
          resolve(item);
        },
        (error) => {
          release();
          reject(error);
        },
      );
      if (reader === undefined) return;
      const giveUp = (reason: unknown) => {
        this.#readers.remove(reader);
        reject(reason);
      };
      release = onGivingUp(options, giveUp, () => giveUp(new TimeoutError(`No message arrived within ${timeout} ms`)));
    });
  }

  /** Resolves to true when an item was taken, the mailbox has ended or the signal aborted. Resolves to false after `milliseconds`. */
  room(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (found: boolean) => {
        release();
        this.#onRoom.remove(waiter);
        resolve(found);
      };
      const tell = () => settle(true);
      const waiter = { tell };
      this.#onRoom.push(waiter);
      const release = onGivingUp({ signal, timeout: milliseconds }, tell, () => settle(false));
    });
  }

  #tellRoom(): void {
    for (const { tell } of this.#onRoom) tell();
  }
}

function nothing(): void {}
