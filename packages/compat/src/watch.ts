/** `monitor`: looks for events of a socket at an interval, and passes on a few of them each time. */

import type { SocketEvent } from "@awaitmq/core";
import { type ClassicEvent, classicEvent } from "./event-names.ts";

/** Where events go, by the names and values of the classic package. */
type Emit = (name: string, ...values: unknown[]) => void;

/** The most events that are taken for one look. */
const longestLook = 1_000;

export class Watch {
  readonly #events: AsyncIterableIterator<SocketEvent, undefined>;
  readonly #emit: Emit;
  readonly #interval: number;
  readonly #count: number;
  /** Events that have come and wait for their turn: so many that the next look has enough, or one more. */
  readonly #come: ClassicEvent[] = [];
  /** Goes on to collect. */
  #more: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether libzmq has let go of the socket: what has come is passed on, then the timer rests. */
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
    this.#more?.();
    void this.#events.return?.();
  }

  /** Core keeps the rest, up to a limit. */
  async #collect(): Promise<void> {
    for await (const event of this.#events) {
      const classic = classicEvent(event);
      if (classic === undefined) continue;
      this.#come.push(classic);
      if (this.#come.length <= Math.min(this.#count, longestLook)) continue;
      await new Promise<void>((resolve) => {
        this.#more = resolve;
      });
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
    for (let passed = 0; passed < this.#count && this.#timer !== undefined; passed++) {
      const event = this.#come.shift();
      if (event === undefined) return;
      this.#more?.();
      this.#emit(...event);
    }
  }
}
