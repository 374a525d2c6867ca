/** What a proxy keeps for those whose queues are full, so that it goes on for the others. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Message } from "../message/message.ts";
import type { Entry, Keeper } from "../sending/lane.ts";
import type { Outbox } from "../sending/outbox.ts";
import { TransientSet } from "../waiting/transient-set.ts";

/** How much may wait for one that takes nothing, and how long the others wait for it. */
export interface Bounds {
  /** Messages. */
  readonly maxQueued: number;
  /** Milliseconds. */
  readonly patience: number;
}

interface Line {
  readonly entries: { readonly size: number };
  /** When one was taken last, by `performance.now()`. */
  readonly lastTaken: number;
}

/** Milliseconds between two looks at a line that is full. */
const interval = 1;

/** Waits while a line is full, as long as something is taken from it now and then. Resolves to whether it has room. */
export async function roomIn(line: Line, { maxQueued, patience }: Bounds, signal: AbortSignal): Promise<boolean> {
  while (line.entries.size >= maxQueued) {
    if (signal.aborted || performance.now() - line.lastTaken >= patience) return false;
    await sleep(interval);
  }
  return true;
}

/** The messages that wait for peers of one socket, oldest first. */
export class FullQueues implements Keeper {
  readonly #outbox: Outbox;
  readonly #ended: (message: Message, error?: unknown) => void;
  readonly #entries = new TransientSet<Entry>();
  readonly #withdrawn = new Set<Entry>();
  #hasTaken = false;
  /** Told that nothing waits any more, but for what was withdrawn. */
  #settled: (() => void) | undefined;
  #isWithdrawing = false;

  /** @param ended told of a message that waited here: it was sent, or an error says why not */
  constructor(outbox: Outbox, ended: (message: Message, error?: unknown) => void) {
    this.#outbox = outbox;
    this.#ended = ended;
  }

  /** The line of messages for the same peer; undefined if it is not known to be full. */
  lineOf(message: Message): Line | undefined {
    return this.#entries.size === 0 ? undefined : this.#outbox.laneOf(message);
  }

  /** Whether the message that was sent last waits here now. To be asked once. */
  hasTaken(): boolean {
    const hasTaken = this.#hasTaken;
    this.#hasTaken = false;
    return hasTaken;
  }

  began(entry: Entry): void {
    this.#entries.add(entry);
    this.#hasTaken = true;
  }

  ended(entry: Entry, error?: unknown): void {
    if (error !== undefined && this.#isWithdrawing) this.#withdrawn.add(entry);
    else {
      this.#entries.delete(entry);
      this.#ended(entry.frames as Message, error);
    }
    if (this.#entries.size === this.#withdrawn.size) this.#settled?.();
  }

  /** Resolves when nothing waits here any more, or the signal is aborted. */
  async emptied(signal: AbortSignal): Promise<void> {
    if (this.#entries.size === 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#settled = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** Takes back all that waits, but for what libzmq takes just now. */
  async withdraw(): Promise<Message[]> {
    this.#isWithdrawing = true;
    await new Promise<void>((resolve) => {
      this.#settled = resolve;
      for (const entry of this.#entries) this.#outbox.withdraw(entry, new Error("Withdrawn"));
      if (this.#entries.size === this.#withdrawn.size) resolve();
    });
    return [...this.#entries].map(({ frames }) => frames as Message);
  }
}
