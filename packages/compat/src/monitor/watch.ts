/** `monitor`: polls for events of a socket at an interval, and emits a few of them each time. */

import type { SocketEvent } from "@awaitmq/core";
import { type ClassicEvent, classicEvent } from "./event-names.ts";

/** The receiver of events, with the names and values of the classic package. */
type Emit = (name: string, ...values: unknown[]) => void;

/** The most waiting events. Beyond that the oldest are dropped. */
const longestBacklog = 1_000;

export class Watch {
  readonly #events: AsyncIterableIterator<SocketEvent, undefined>;
  readonly #emit: Emit;
  readonly #interval: number;
  readonly #count: number;
  /** Events that have arrived and were not emitted. */
  readonly #come: ClassicEvent[] = [];
  /** Number of events dropped since the last poll. */
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Whether libzmq has released the socket. The remaining events are emitted, then the timer stops. */
  #over = false;

  constructor(open: () => AsyncIterableIterator<SocketEvent, undefined>, emit: Emit, interval = 10, count = 1) {
    if (typeof interval !== "number") throw new TypeError("Option must be an integer");
    if (!(interval > 0)) throw new TypeError("Option must be a positive integer");
    if (typeof count !== "number") throw new TypeError("numOfEvents must be an integer");
    if (!(count >= 0)) throw new TypeError("numOfEvents should be no less than zero");
    this.#events = open();
    this.#emit = emit;
    this.#interval = interval;
    this.#count = count === 0 ? Number.POSITIVE_INFINITY : count;
    this.#schedule();
    void this.#collect();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#come.length = 0;
    void this.#events.return?.();
  }

  /** Takes events as they arrive. Otherwise libzmq would block its threads, and a bind in this thread. */
  async #collect(): Promise<void> {
    for await (const event of this.#events) {
      if (event.type === "dropped") this.#lost += event.count;
      const classic = classicEvent(event);
      if (classic === undefined) continue;
      this.#come.push(classic);
      if (this.#come.length <= longestBacklog) continue;
      this.#come.shift();
      this.#lost += 1;
    }
    this.#over = true;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#schedule();
      this.#look();
      if (this.#over && this.#come.length === 0) this.stop();
    }, this.#interval);
  }

  #look(): void {
    if (this.#lost > 0) {
      const error = new Error(`${this.#lost} events were lost: there were too many to wait`);
      this.#lost = 0;
      this.#emit("monitor_error", error);
    }
    for (let passed = 0; passed < this.#count && this.#timer !== undefined; passed++) {
      const event = this.#come.shift();
      if (event === undefined) return;
      this.#emit(...event);
    }
  }
}
