/** Runs a limited number of handlers at once. The others wait: higher priority first, then oldest first. */

import PQueue from "p-queue";
import { Tiers } from "./tiers.ts";

/** Begins a handler, which calls `leave` once when it has ended. */
type Start = (leave: () => void) => void;

export class Handlers {
  readonly #concurrency: number;
  /** Handlers that wait, and running ones that have waited. */
  readonly #queue: PQueue<Tiers<() => Promise<unknown>>>;
  /** Running handlers that bypassed the queue. The queue costs more than a short handler takes. */
  #direct = 0;
  /**
   * Handlers of this tick that found no room while the queue is empty. Most handlers are short, so there is likely room
   * before the tick ends.
   *
   * Either this or the queue is empty; otherwise the order would be lost.
   */
  readonly #arrivals = new Tiers<Start>();
  #isTicking = false;
  #isAdmitting = false;
  /** Whether arriving handlers belong together, so that none begins before all are here. */
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

  /**
   * Whether all room is taken, and `queue` handlers wait. Held handlers begin first where there is room, before they
   * count as too many.
   */
  isFull(queue: number): boolean {
    const most = this.#concurrency + queue;
    if (this.running + this.waiting < most) return false;
    if (this.#isHeld) this.#admit();
    return this.running + this.waiting >= most;
  }

  /** Begins a handler when its turn comes, at once if possible. */
  run(start: Start, priority: number): void {
    if (this.#queue.size > 0) this.#enqueue(start, priority);
    else if (!this.#isHeld && this.#arrivals.size === 0 && this.running < this.#concurrency) this.#begin(start);
    else {
      this.#arrivals.push(start, priority);
      if (!this.#isHeld) this.#tick();
    }
  }

  /** Holds the handlers that `take` runs until it has returned. So a later one of higher priority still goes first. */
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

  /**
   * Begins handlers of this tick while there is room. If one ends at once, this loop begins the next, without
   * recursion.
   */
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

  /** Lets the queue use the room that direct handlers leave. */
  #leaveRoom(): void {
    const room = this.#concurrency - this.#direct;
    if (room <= 0) this.#queue.pause();
    else {
      this.#queue.concurrency = room;
      if (this.#queue.isPaused) this.#queue.start();
    }
  }
}
