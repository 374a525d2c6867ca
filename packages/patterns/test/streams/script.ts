/** A producer that a test directs: what it yields, and how it ends. */

import type { Frame } from "@awaitmq/core";
import { moved } from "./turns.ts";

export type Item = readonly Frame[];

type Step = { readonly item: Item; readonly isUnsendable?: boolean } | "finish" | "throw";

export class Script {
  /** What was yielded, in order, without the items that cannot be sent. */
  readonly yielded: Item[] = [];
  yieldedBytes = 0;
  /** How many of them were yielded before it was told to return. */
  owed = 0;
  readonly error = new Error("The producer has failed");
  readonly unsendable = new Error("The item cannot be sent");
  readonly faults: string[];
  /** Whether it yielded an item that cannot be sent. */
  isUnsent = false;
  /** How it has ended, after its `finally`. */
  end: "returned" | "threw" | undefined;
  hasBegun = false;
  finallyRuns = 0;
  #steps: Step[] = [];
  #wake: ((step: Step) => void) | undefined;
  #isReturned = false;

  constructor(faults: string[]) {
    this.faults = faults;
  }

  /** Whether it has done all that it was told, and was asked for more. */
  get isWaiting(): boolean {
    return this.#wake !== undefined;
  }

  get hasSteps(): boolean {
    return this.#steps.length > 0;
  }

  tell(step: Step): void {
    moved();
    const wake = this.#wake;
    this.#wake = undefined;
    if (wake !== undefined) wake(step);
    else this.#steps.push(step);
  }

  /** Ends it soon, whatever it was told. */
  abort(): void {
    this.#steps = ["finish"];
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.("finish");
  }

  readonly encode = (item: unknown): Item => {
    if (item === this) throw this.unsendable;
    return item as Item;
  };

  async *generate(): AsyncGenerator<unknown, void> {
    this.hasBegun = true;
    let hasThrown = false;
    try {
      for (;;) {
        const step = this.#steps.shift() ?? (await this.#next());
        if (step === "finish") return;
        if (step === "throw") {
          hasThrown = true;
          throw this.error;
        }
        yield this.#produce(step);
      }
    } finally {
      this.finallyRuns += 1;
      await Promise.resolve();
      await Promise.resolve();
      this.end = hasThrown ? "threw" : "returned";
      moved();
    }
  }

  /** Items of an iterator by hand, whose `return` does not wait for a pending `next`. */
  iterate(): AsyncIterable<unknown> {
    const next = async (): Promise<IteratorResult<unknown>> => {
      if (this.#isReturned) this.faults.push("asked an iterator that was told to return");
      this.hasBegun = true;
      const step = this.end === undefined ? (this.#steps.shift() ?? (await this.#next())) : "finish";
      if (step === "throw") {
        this.end ??= "threw";
        this.finallyRuns = 1;
        throw this.error;
      }
      if (step !== "finish" && !(this.#isReturned && step.isUnsendable))
        return { value: this.#produce(step), done: false };
      this.end ??= "returned";
      this.finallyRuns = 1;
      return { value: undefined, done: true };
    };
    const leave = async (): Promise<IteratorResult<unknown>> => {
      this.#isReturned = true;
      this.finallyRuns = 1;
      this.end ??= "returned";
      return { value: undefined, done: true };
    };
    return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
  }

  #next(): Promise<Step> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #produce({ item, isUnsendable }: Exclude<Step, string>): unknown {
    moved();
    if (isUnsendable) {
      this.isUnsent = true;
      return this;
    }
    this.yielded.push(item);
    if (!this.#isReturned) this.owed += 1;
    this.yieldedBytes += bytesOf(item);
    return item;
  }
}

export function bytesOf(item: Item): number {
  let sum = 0;
  for (const frame of item) sum += lengthOf(frame);
  return sum;
}

function lengthOf(frame: Frame): number {
  if (frame === null) return 0;
  return typeof frame === "string" ? Buffer.byteLength(frame) : frame.byteLength;
}

const filling = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index & 0xff));

/** An item of this size. Its number decides its content, and its shape its frames. */
export function itemOf(number: number, size: number, shape: number): Item {
  const at = number & 0xff;
  const whole = filling.subarray(at, at + size);
  switch (shape % 5) {
    case 0:
      return [whole.subarray(0, size >> 1), whole.subarray(size >> 1)];
    case 1:
      return [whole, null];
    case 2:
      return ["é".repeat(size >> 1)];
    default:
      return [whole];
  }
}

/** Whether two items have the same frames. */
export function isSame(one: Item, other: Item): boolean {
  return (
    one.length === other.length &&
    one.every((frame, index) => Buffer.compare(bufferOf(frame), bufferOf(other[index] as Frame)) === 0)
  );
}

function bufferOf(frame: Frame): Buffer {
  if (frame === null) return Buffer.alloc(0);
  return Buffer.isBuffer(frame) ? frame : Buffer.from(frame as string);
}

/** Several items in one frame, by the protocol. */
export function packItems(items: readonly Item[]): Buffer {
  const parts: Buffer[] = [];
  for (const item of items) {
    parts.push(Buffer.from([item.length]));
    for (const frame of item) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(lengthOf(frame));
      parts.push(length, bufferOf(frame));
    }
  }
  return Buffer.concat(parts);
}

/** The items of one frame, by the protocol. */
export function unpackItems(frame: Buffer): Item[] {
  const items: Item[] = [];
  for (let at = 0; at < frame.length; ) {
    const item: Buffer[] = [];
    for (let left = frame[at++] as number; left > 0; left--) {
      const end = at + 4 + frame.readUInt32BE(at);
      item.push(frame.subarray(at + 4, end));
      at = end;
    }
    items.push(item);
  }
  return items;
}
