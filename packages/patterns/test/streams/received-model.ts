/** What one end of a stream must do with items that arrive, and with its reader. */

import type { Message } from "@awaitmq/core";
import type { Credit } from "../../src/wire/credit.ts";
import { bytesOf, type Item, isSame } from "./script.ts";
import { moved } from "./turns.ts";

/** A message of items as its receiver must judge it. */
export interface Arrival {
  readonly position: number;
  readonly items: readonly Item[];
  /** Whether it ends the items. */
  readonly isLast: boolean;
  /** Whether its bytes break the rules. */
  readonly isMalformed?: boolean;
}

/** How an item is read: at once or later, well or not. */
export type Reading = "at once" | "later" | "throws" | "rejects";

type Read = { readonly value: number } | { readonly error: unknown } | "done" | undefined;

export class ReceivedModel {
  readonly faults: string[];
  readonly window: Credit;
  /** How the item with a number is read. */
  readonly reading: (number: number) => Reading;
  readonly unreadable = new Error("The item cannot be read");
  /** What was granted, in order, without credits of nothing. */
  readonly grants: Credit[] = [];
  readonly arrived: Item[] = [];
  readonly reads: Read[] = [];
  received = 0;
  isEnded = false;
  /** Set when no more items are delivered: the reader left, or the stream failed and keeps or drops what has arrived. */
  closed: "left" | "kept" | "dropped" | undefined;
  reason: unknown;
  delivered = 0;
  #credit: { items: number; bytes: number };
  #isOpen: boolean;
  #deliveredItems = 0;
  #deliveredBytes = 0;
  #since = { items: 0, bytes: 0 };
  #expected: Credit[] = [];
  /** Reads that were pending or came when the stream failed. */
  #failedAt = Number.POSITIVE_INFINITY;

  constructor(faults: string[], window: Credit, isOpen: boolean, reading: (number: number) => Reading) {
    this.faults = faults;
    this.window = window;
    this.#isOpen = isOpen;
    this.#credit = isOpen ? { ...window } : { items: 0, bytes: 0 };
    this.reading = reading;
  }

  get credit(): Credit {
    return this.#credit;
  }

  readonly grant = (credit: Credit): void => {
    moved();
    if (credit.items === 0 && credit.bytes === 0) return;
    this.grants.push(credit);
    this.#credit.items += credit.items;
    this.#credit.bytes += credit.bytes;
    if (this.closed !== undefined) this.#fault("granted more although nobody reads");
  };

  /** Whether a message breaks the rules. If not, it is taken. */
  judge({ position, items, isLast, isMalformed }: Arrival): boolean {
    if (this.isEnded || isMalformed || position !== this.received >>> 0) return true;
    const left = { ...this.#credit };
    for (const item of items) {
      if (left.items <= 0 || left.bytes <= 0) return true;
      left.items -= 1;
      left.bytes -= bytesOf(item);
    }
    this.#credit = left;
    this.received += items.length;
    if (this.closed === undefined) this.arrived.push(...items);
    this.isEnded = isLast;
    return false;
  }

  /** The one reply of a handler that does not stream. */
  takeOnly(item: Item): void {
    this.received += 1;
    this.arrived.push(item);
    this.isEnded = true;
  }

  /** Stands where the codec would. Gives an item its number. */
  readonly read = (item: Message): number | Promise<number> => {
    moved();
    const number = this.delivered++;
    if (this.closed === "left" || this.closed === "dropped") this.#fault("delivered an item that it must drop");
    const expected = this.arrived[number];
    if (expected === undefined || !isSame(expected, item)) this.#fault(`delivered another item as number ${number}`);
    this.#deliveredItems += 1;
    this.#deliveredBytes += bytesOf(item);
    this.#since.items += 1;
    this.#since.bytes += bytesOf(item);
    if (this.#since.items * 2 >= this.window.items || this.#since.bytes * 2 >= this.window.bytes) {
      this.#expected.push(this.#since);
      this.#since = { items: 0, bytes: 0 };
    }
    switch (this.reading(number)) {
      case "later":
        return Promise.resolve(number);
      case "throws":
        throw this.unreadable;
      case "rejects":
        return Promise.reject(this.unreadable);
      default:
        return number;
    }
  };

  /** Notes a call of `next`. */
  next(call: () => Promise<IteratorResult<unknown, undefined>>): void {
    const index = this.reads.length;
    this.reads.push(undefined);
    if (!this.#isOpen && this.closed === undefined && !this.isEnded) this.#expected.push(this.window);
    this.#isOpen = true;
    call().then(
      (result) => this.#settle(index, result.done === true ? "done" : { value: result.value as number }),
      (error) => this.#settle(index, { error }),
    );
  }

  /** The reader leaves. */
  leave(): void {
    this.closed = "left";
  }

  /** The stream fails: what has arrived is kept for the reader, or dropped. */
  fail(how: "kept" | "dropped", reason: unknown): void {
    if (this.closed !== undefined) return;
    this.closed = how;
    this.reason = reason;
    this.#failedAt = this.isEnded ? this.reads.length : this.delivered;
  }

  /** What must hold at any time. */
  checkNow(): void {
    if (this.closed !== undefined) return;
    if (this.arrived.length - this.delivered > this.window.items) this.#fault("keeps more items than its window");
    if (this.isEnded) return;
    if (this.grants.length !== this.#expected.length)
      this.#fault(`granted ${this.grants.length} times instead of ${this.#expected.length}`);
    for (const [index, { items, bytes }] of this.#expected.entries()) {
      const granted = this.grants[index];
      if (granted?.items !== items || granted.bytes !== bytes) this.#fault(`granted wrongly at time ${index}`);
    }
    this.grants.length = 0;
    this.#expected = [];
  }

  /** Nothing moves: readers must have what there is for them. */
  check(): void {
    this.checkNow();
    const errors = new Set<unknown>();
    let needsError = false;
    for (const [index, read] of this.reads.entries()) {
      if (typeof read === "object" && "value" in read && read.value !== index)
        this.#fault(`gave reader ${index} the item ${read.value}`);
      if (typeof read === "object" && "error" in read) {
        if (errors.has(read.error)) this.#fault(`gave two readers the error ${read.error}`);
        errors.add(read.error);
        if (read.error !== this.unreadable && read.error !== this.reason)
          this.#fault(`gave a reader the error ${read.error}`);
      }
      const hasItem = index < this.arrived.length;
      if (this.closed === undefined || this.closed === "kept") {
        if (hasItem && (typeof read !== "object" || !("value" in read))) this.#fault(`gave reader ${index} no item`);
        if (!hasItem && this.closed === undefined && read !== (this.isEnded ? "done" : undefined))
          this.#fault(`told reader ${index} ${String(read)}`);
      }
      if (this.closed === undefined) continue;
      if (read === undefined) this.#fault(`left reader ${index} waiting`);
      if (this.closed !== "left" && index >= this.#failedAt && read === "done") needsError = true;
    }
    if (needsError && errors.size === 0) this.#fault("hid the error from its readers");
  }

  #settle(index: number, read: Read): void {
    moved();
    this.reads[index] = read;
  }

  #fault(what: string): void {
    this.faults.push(`It ${what}`);
  }
}
