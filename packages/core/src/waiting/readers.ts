/** Calls that wait for an item, served in order. Each may leave early, without cost for the others. */

import { type Link, Queue } from "./queue.ts";

/** One waiting call. */
export interface Reader<T> extends Link<Reader<T>> {
  readonly resolve: (item: T) => void;
  readonly reject: (error: unknown) => void;
  /** The owner, which may withdraw the call. Without one it waits until it is served. */
  readonly owner: object | undefined;
  /** On a Request: the earliest request whose reply this call may get. */
  readonly earliest: number;
  waiting: boolean;
}

export class Readers<T> {
  readonly #queue = new Queue<Reader<T>>();
  #patient = 0;

  get size(): number {
    return this.#queue.size;
  }

  get first(): Reader<T> | undefined {
    return this.#queue.first;
  }

  get last(): Reader<T> | undefined {
    return this.#queue.last;
  }

  /** Whether any waiting call cannot be withdrawn. */
  get hasPatient(): boolean {
    return this.#patient > 0;
  }

  push(reader: Reader<T>): void {
    this.#queue.push(reader);
    if (reader.owner === undefined) this.#patient += 1;
  }

  /** Removes and returns the next call. */
  shift(): Reader<T> | undefined {
    const reader = this.#queue.first;
    if (reader !== undefined) this.remove(reader);
    return reader;
  }

  /** Removes a call that waits here. */
  remove(reader: Reader<T>): void {
    reader.waiting = false;
    this.#queue.remove(reader);
    if (reader.owner === undefined) this.#patient -= 1;
  }

  /** The calls of one owner. They may be removed while iterating. */
  *of(owner: object): Generator<Reader<T>, void, undefined> {
    for (const reader of this.#queue) if (reader.owner === owner) yield reader;
  }

  /** Rejects the calls that wait now, but not those that arrive meanwhile. */
  rejectAll(error: unknown): void {
    for (let left = this.size; left > 0; left--) this.shift()?.reject(error);
  }
}
