/**
 * Messages of one tick that leave together: one by one they would wake libzmq's I/O thread, and then the peer, once each. They go
 * when the microtasks of the tick are done, before the event loop waits, and in any order.
 */

import type { Dealer, Frame, Router } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";

interface Waiting {
  readonly frames: readonly Frame[];
  /** Milliseconds from now that it may wait for room. */
  readonly timeout: number;
  readonly resolve: (sent: Promise<void>) => void;
}

export class Tick {
  readonly #outbox: Dealer[typeof internals]["outbox"];
  #waiting: Waiting[] = [];

  constructor(socket: Dealer | Router) {
    this.#outbox = socket[internals].outbox;
  }

  /** Sends at the end of the tick. The frames are not copied. Rejects as `send` of the socket does. */
  send(frames: readonly Frame[], timeout: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.push({ frames, timeout, resolve }) === 1) process.nextTick(this.#flush);
    });
  }

  readonly #flush = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { frames, timeout, resolve } of waiting) resolve(this.#outbox.sendUnordered(frames, { timeout }));
  };
}
