/**
 * The receiving half of a stream: items that have arrived and wait for a reader. It grants the sender more when half of
 * the window was read, and notices a sender that exceeds its credit.
 */

import type { Message } from "@awaitmq/core";
import { EnvelopeError } from "../errors.ts";
import type { Credit } from "../wire/credit.ts";
import { endsStream, type MessageType, messageTypes } from "../wire/envelope.ts";
import { ItemsReader } from "../wire/items.ts";
import { Allowance, bytesOf } from "./allowance.ts";

/** A pending call of `next`. */
interface Reader<T> {
  readonly resolve: (result: IteratorResult<T, undefined> | Promise<never>) => void;
  readonly reject: (error: unknown) => void;
}

/** What the owner of a receiver provides. */
export interface ItemReader<T> {
  /** Makes a value of an item. May throw. */
  read(item: Message): T | Promise<T>;
  /** Grants the sender more. */
  grant(credit: Credit): void;
  /** An item could not be read, and its reader got the error. The stream is over. */
  unreadable(error: unknown): void;
  /** Whether readers wait for an item now. Called at each change, and after each message that readers waited for. */
  readonly waits?: ((areWaiting: boolean) => void) | undefined;
}

const done = { value: undefined, done: true } as const;

export class ItemReceiver<T> {
  readonly #owner: ItemReader<T>;
  readonly #window: Credit;
  /** What the sender may still send. */
  readonly #allowance = new Allowance();
  #isGranted: boolean;
  /** Items that the reader has taken, and their bytes, since the last grant. */
  #readItems = 0;
  #readBytes = 0;
  /** How many items have arrived. */
  #received = 0;
  /** Items that wait for a reader: frames of several, and single ones. */
  #waiting: (ItemsReader | Message)[] = [];
  #readers: Reader<T>[] = [];
  /** Readers whose item is being checked. */
  readonly #checking = new Set<Reader<T>>();
  /** Whether the sender has ended its items. */
  #isEnded = false;
  /** Set when no further item will be delivered: with the outcome of the next call, if that is an error. */
  #over: { outcome: (() => Promise<never>) | undefined } | undefined;

  /** @param granted whether the sender has the window from the start */
  constructor(window: Credit, granted: boolean, owner: ItemReader<T>) {
    this.#window = window;
    this.#isGranted = granted;
    if (granted) this.#allowance.grant(window);
    this.#owner = owner;
  }

  /** How many items have arrived. */
  get received(): number {
    return this.#received;
  }

  /** Whether the sender has ended its items. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether no more items are delivered: they ended and were read, or the stream failed or was left. */
  get isOver(): boolean {
    return this.#over !== undefined || (this.#isEnded && this.#waiting.length === 0);
  }

  /** Grants the whole window, if it was not granted from the start. */
  open(): void {
    if (this.#isGranted || this.#isEnded || this.#over !== undefined) return;
    this.#isGranted = true;
    this.#grant(this.#window);
  }

  /**
   * Takes items or the end.
   *
   * @throws EnvelopeError if the sender exceeds its credit, sends after the end, or items are missing or invalid
   */
  take(type: MessageType, flags: number, position: number, body: readonly Buffer[]): void {
    if (this.#isEnded) throw new EnvelopeError("The other side sent items of a stream after their end");
    if (position !== this.#received >>> 0)
      throw new EnvelopeError(
        `Items of a stream are missing: expected number ${this.#received >>> 0}, got ${position}`,
      );
    this.#received += this.#allowance.charge(type, body);
    if (type === messageTypes.items) this.#keep(new ItemsReader(body[0] as Buffer));
    else if (type === messageTypes.item) this.#keep(body as Message);
    if (endsStream(type, flags)) this.end();
  }

  /** Takes the reply of a handler that does not stream: the one item, which needs no credit. */
  takeOnly(body: Message): void {
    this.#received += 1;
    this.#keep(body);
    this.end();
  }

  /** No more items come. Readers get those that wait, then the end. */
  end(): void {
    this.#isEnded = true;
    this.#endReaders();
  }

  /** Readers get the items that wait, then the error once, then the end. Items that still come are dropped. */
  fail(outcome: () => Promise<never>): void {
    if (this.#over !== undefined) return;
    this.#over = { outcome };
    this.#endReaders();
  }

  /** Fails at once: drops the items that wait. */
  giveUp(outcome: () => Promise<never>): void {
    this.drop();
    this.fail(outcome);
  }

  /** Drops the items that wait, and those that are being checked. Their readers wait again. */
  drop(): void {
    this.#waiting = [];
    this.#readers = [...this.#checking, ...this.#readers];
    this.#checking.clear();
  }

  /** The reader leaves: items that wait or still come are dropped, and pending calls are done. */
  leave(): void {
    this.drop();
    this.#over = { outcome: undefined };
    this.#endReaders();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#waiting.length === 0 && (this.#over !== undefined || this.#isEnded))
      return this.#outcome() ?? Promise.resolve(done);
    if (this.#waiting.length > 0) return this.#read();
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject });
      if (this.#readers.length === 1) this.#owner.waits?.(true);
    });
  }

  #outcome(): Promise<never> | undefined {
    const outcome = this.#over?.outcome;
    if (this.#over !== undefined) this.#over.outcome = undefined;
    return outcome?.();
  }

  #keep(items: ItemsReader | Message): void {
    if (this.#over !== undefined) return;
    this.#waiting.push(items);
    if (this.#readers.length > 0) this.#serve();
  }

  #serve(): void {
    while (this.#readers.length > 0 && this.#waiting.length > 0) {
      this.#deliver(this.#readers.shift() as Reader<T>);
    }
    this.#tellWaits();
  }

  #deliver(reader: Reader<T>): void {
    let value: T | Promise<T>;
    try {
      value = this.#owner.read(this.#shift());
    } catch (error) {
      this.#fail(reader, error);
      return;
    }
    if (value instanceof Promise) this.#check(reader, value);
    else reader.resolve({ value, done: false });
  }

  /** Delivers the oldest item, without a reader that waits. */
  #read(): Promise<IteratorResult<T, undefined>> {
    try {
      const value = this.#owner.read(this.#shift());
      if (!(value instanceof Promise)) return Promise.resolve({ value, done: false });
      return new Promise((resolve, reject) => this.#check({ resolve, reject }, value));
    } catch (error) {
      this.leave();
      this.#owner.unreadable(error);
      return Promise.reject(error);
    }
  }

  #check(reader: Reader<T>, value: Promise<T>): void {
    this.#checking.add(reader);
    this.#tellWaits();
    value.then(
      (checked) => {
        if (!this.#checking.delete(reader)) return;
        this.#tellWaits();
        reader.resolve({ value: checked, done: false });
      },
      (error) => {
        if (this.#checking.delete(reader)) this.#fail(reader, error);
      },
    );
  }

  #tellWaits(): void {
    this.#owner.waits?.(this.#readers.length > 0 || this.#checking.size > 0);
  }

  /** An item cannot be read. */
  #fail(reader: Reader<T>, error: unknown): void {
    reader.reject(error);
    this.leave();
    this.#owner.unreadable(error);
  }

  /** Takes the oldest item, and grants more if half of the window was read. */
  #shift(): Message {
    const first = this.#waiting[0] as ItemsReader | Message;
    let item: Message;
    if (first instanceof ItemsReader) {
      item = first.next();
      if (first.isEmpty) this.#waiting.shift();
    } else {
      item = first;
      this.#waiting.shift();
    }
    this.#readItems += 1;
    this.#readBytes += bytesOf(item);
    const { items, bytes } = this.#window;
    const isOpen = !this.#isEnded && this.#over === undefined;
    if (isOpen && (this.#readItems * 2 >= items || this.#readBytes * 2 >= bytes)) {
      const credit = { items: this.#readItems, bytes: this.#readBytes };
      this.#readItems = 0;
      this.#readBytes = 0;
      this.#grant(credit);
    }
    return item;
  }

  #grant(credit: Credit): void {
    this.#allowance.grant(credit);
    this.#owner.grant(credit);
  }

  /** Readers only wait while no item does. */
  #endReaders(): void {
    if (this.#readers.length === 0) return;
    const readers = this.#readers;
    this.#readers = [];
    this.#owner.waits?.(false);
    for (const { resolve } of readers) resolve(this.#outcome() ?? done);
  }
}
