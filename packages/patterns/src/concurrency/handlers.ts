/** Runs handlers, so many at once; the others wait: those of a higher priority go first, and of one priority the oldest. */

import PQueue from "p-queue";
import { Tiers } from "./tiers.ts";

/** Begins a handler, which calls `leave` once when it has ended. */
type Start = (leave: () => void) => void;

export class Handlers {
  readonly #concurrency: number;
  /** Those that wait, and those that have waited. */
  readonly #queue: PQueue<Tiers<() => Promise<unknown>>>;
  /** How many run that were never in the queue, which costs each more than a short handler takes. */
  #direct = 0;
  /**
   * Those of this tick that found no place, while the queue is empty: never do both have some, for then nobody could tell whose turn it
   * is. Most handlers are short: a place is likely before the tick ends.
   */
  readonly #arrivals = new Tiers<Start>();
  #isTicking = false;
  #isAdmitting = false;
  /** Whether those that come now have come at once, so that none begins before all are here. */
  #isHeld = false;

  /** @param concurrency how many run at once, 1 or more */
  constructor(concurrency: number) {
    this.#concurrency = concurrency;
    this.#queue = new PQueue({ concurrency: this.#concurrency, queueClass: Tiers<() => Promise<unknown>> });
  }

  get running(): number {
    return this.#queue.pending + this.#direct;
  }

  get waiting(): number {
    return this.#queue.size + this.#arrivals.size;
  }

  /** Whether as many run as may, and so many wait. Of those that are held as many as have room begin before they are too many. */
  isFull(queue: number): boolean {
    const most = this.#concurrency + queue;
    if (this.running + this.waiting < most) return false;
    if (this.#isHeld) this.#admit();
    return this.running + this.waiting >= most;
  }

  /** Begins a handler when its turn has come: at once, where that is now. */
  run(start: Start, priority: number): void {
    if (this.#queue.size > 0) this.#enqueue(start, priority);
    else if (!this.#isHeld && this.#arrivals.size === 0 && this.running < this.#concurrency) this.#begin(start);
    else {
      this.#arrivals.push(start, priority);
      if (!this.#isHeld) this.#tick();
    }
  }

  /** Begins none of those that `take` has run before it has returned, so that the first to come does not go before its betters. */
  together(take: () => void): void {
    this.#isHeld = true;
    try {
      take();
    } finally {
      this.#isHeld = false;
      this.#admit();
      if (this.#arrivals.size > 0) this.#tick();
    }
  }

  #tick(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    process.nextTick(this.#endTick);
  }

  #begin(start: Start): void {
    this.#direct += 1;
    start(this.#leave);
  }

  readonly #leave = (): void => {
    this.#direct -= 1;
    if (this.#queue.size > 0) this.#leaveRoom();
    else if (!this.#isHeld) this.#admit();
  };

  /** Begins those of this tick for which there is room. One that ends at once leaves room for the next, here and not by way of itself. */
  #admit(): void {
    if (this.#isAdmitting) return;
    this.#isAdmitting = true;
    while (this.running < this.#concurrency) {
      const start = this.#arrivals.dequeue();
      if (start === undefined) break;
      this.#begin(start);
    }
    this.#isAdmitting = false;
  }

  readonly #endTick = (): void => {
    this.#isTicking = false;
    this.#arrivals.drain((start, priority) => this.#enqueue(start, priority));
  };

  #enqueue(start: Start, priority: number): void {
    this.#leaveRoom();
    void this.#queue.add(() => new Promise<void>(start), { priority });
  }

  /** The queue may run as many as the others leave room for. */
  #leaveRoom(): void {
    const room = this.#concurrency - this.#direct;
    if (room <= 0) this.#queue.pause();
    else {
      this.#queue.concurrency = room;
      if (this.#queue.isPaused) this.#queue.start();
    }
  }
}
