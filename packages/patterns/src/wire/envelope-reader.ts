/** Reads a socket endlessly, one message after the other, and takes turns with the messages sent on it. */

import type { Dealer, Message, Router } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import type { EnvelopeSender } from "./envelope-sender.ts";

/** The most milliseconds between two messages of a burst. */
const burst = 0.05;

export class EnvelopeReader {
  readonly #inbox: Dealer[typeof internals]["inbox"];
  readonly #sender: EnvelopeSender;
  readonly #take: (message: Message) => void;
  readonly #lost: (error: unknown) => void;
  #reader: ReturnType<Dealer[typeof internals]["inbox"]["request"]> | undefined;
  #isReading = false;
  #last = 0;

  /** @param lost called when no further message can come: the socket closed or failed */
  constructor(
    socket: Dealer | Router,
    sender: EnvelopeSender,
    take: (message: Message) => void,
    lost: (error: unknown) => void,
  ) {
    this.#inbox = socket[internals].inbox;
    this.#sender = sender;
    this.#take = take;
    this.#lost = lost;
  }

  start(): void {
    this.#isReading = true;
    this.#next();
  }

  /** Stops reading. */
  stop(): void {
    this.#isReading = false;
    if (this.#reader !== undefined) this.#inbox.leave(this.#reader);
    this.#reader = undefined;
  }

  /** Takes all messages that are there. For a reader that is stopped. */
  sweep(): void {
    for (let message = this.#inbox.takeNow(); message !== undefined; message = this.#inbox.takeNow())
      this.#take(message as Message);
  }

  readonly #next = (): void => {
    if (this.#isReading) this.#reader ??= this.#inbox.request(this.#deliver, this.#fail, this);
  };

  /**
   * After a single message, its answer leaves first, because asking libzmq for the next takes time. In a burst, reading
   * goes first, so that the answers leave together.
   */
  readonly #deliver = (message: unknown): void => {
    this.#reader = undefined;
    const now = performance.now();
    const isBurst = now - this.#last < burst;
    this.#last = now;
    try {
      this.#take(message as Message);
    } finally {
      if (isBurst) this.#next();
      else this.#sender.afterwards(this.#next);
    }
  };

  readonly #fail = (error: unknown): void => {
    this.#reader = undefined;
    this.#isReading = false;
    this.#lost(error);
  };
}
