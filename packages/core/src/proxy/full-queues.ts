/** Messages that a proxy keeps for peers with full queues, so that it continues for the others. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Message } from "../message/message.ts";
import type { Entry, Keeper } from "../sending/lane.ts";
import type { Outbox } from "../sending/outbox.ts";
import { TransientSet } from "../waiting/transient-set.ts";

/** How many messages may wait for a peer that accepts none, and how long it may delay the others. */
export interface Bounds {
  /** Messages. */
  readonly maxQueued: number;
  /** Milliseconds. */
  readonly patience: number;
}

interface Line {
  readonly entries: { readonly size: number };
  /** When the last message was accepted, by `performance.now()`. */
  readonly lastTaken: number;
}

/** Milliseconds between two polls of a full line. */
const interval = 1;

/** Waits while a line is full and its messages are still accepted within `patience`. Resolves to whether it has room. */
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
  /** Called when only withdrawn messages are left. */
  #settled: (() => void) | undefined;
  #isWithdrawing = false;

  /** @param ended called when a message that waited here was sent, or failed with an error */
  constructor(outbox: Outbox, ended: (message: Message, error?: unknown) => void) {
    this.#outbox = outbox;
    this.#ended = ended;
  }

  /** The line of messages for the same peer. Undefined if that line is not known to be full. */
  lineOf(message: Message): Line | undefined {
    return this.#entries.size === 0 ? undefined : this.#outbox.laneOf(message);
  }

  /** Whether the last sent message waits here now. Resets, so call it once per message. */
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

  /** Resolves when no message waits here, or the signal aborts. */
  async emptied(signal: AbortSignal): Promise<void> {
    if (this.#entries.size === 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#settled = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** Takes back all waiting messages, except those that libzmq is accepting now. */
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
