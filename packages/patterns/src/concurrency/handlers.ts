/** Runs handlers, so many at once; the others wait, those of a higher priority first. */

import PQueue from "p-queue";

/** Begins a handler, which calls `leave` once when it has ended. */
type Start = (leave: () => void) => void;

export class Handlers {
  readonly #concurrency: number;
  /** Those that wait, and those that have waited. */
  readonly #queue: PQueue;
  /** How many run that were never in the queue, which costs each more than a short handler takes. */
  #direct = 0;
  /** Those of this tick that found no place, in their order. Most handlers are short: a place is likely before the tick ends. */
  #arrivals: Start[] = [];
  #next = 0;
  #isAdmitting = false;

  /** @param concurrency how many run at once, 1 or more */
  constructor(concurrency: number) {
    this.#concurrency = concurrency;
    this.#queue = new PQueue({ concurrency: this.#concurrency });
  }

  get running(): number {
    return this.#queue.pending + this.#direct;
  }

  get waiting(): number {
    return this.#queue.size + this.#arrivals.length - this.#next;
  }

  /** Begins a handler when its turn has come: at once, where that is now. */
  run(start: Start, priority: number): void {
    if (this.waiting === 0 && this.running < this.#concurrency) this.#begin(start);
    else if (priority !== 0 || this.#queue.size > 0) this.#enqueue(start, priority);
    else if (this.#arrivals.push(start) === 1) process.nextTick(this.#endTick);
  }

  #begin(start: Start): void {
    this.#direct += 1;
    start(this.#leave);
  }

  readonly #leave = (): void => {
    this.#direct -= 1;
    if (this.#queue.size > 0) this.#leaveRoom();
    else if (!this.#isAdmitting) this.#admit();
  };

  /** Begins those of this tick for which there is room. One that ends at once leaves room for the next, here and not by way of itself. */
  #admit(): void {
    this.#isAdmitting = true;
    while (this.#next < this.#arrivals.length && this.running < this.#concurrency)
      this.#begin(this.#arrivals[this.#next++] as Start);
    this.#isAdmitting = false;
  }

  readonly #endTick = (): void => {
    const arrivals = this.#arrivals.slice(this.#next);
    this.#arrivals = [];
    this.#next = 0;
    for (const start of arrivals) this.#enqueue(start, 0);
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
