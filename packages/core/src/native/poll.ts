/**
 * Polling, for sockets that cannot report that a message arrived. libzmq's thread-safe (draft) sockets have no ZMQ_FD. The descriptor of their
 * zmq_poller stays readable forever after the first event, so waiting on it takes a whole core.
 */

/** Milliseconds during which every turn of the event loop polls. */
const eager = 1;
/** The longest pause between two polls, in milliseconds. Pauses double from 1 up to it. */
const longestPause = 10;

export class Poll {
  #began = 0;
  #pause = 1;
  #timer: NodeJS.Timeout | undefined;
  #look: (() => void) | undefined;

  /** Resolves when `done` returns true. It is called at once, then with growing pauses. One wait at a time. */
  until(done: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        this.#timer = undefined;
        if (!done()) return this.#lookLater(look);
        this.#look = undefined;
        resolve();
      };
      this.#look = look;
      this.#reset();
      look();
    });
  }

  /** Polls often again, since the answer to a sent message may arrive soon. */
  hurry(): void {
    this.#reset();
    if (this.#look === undefined || this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#lookLater(this.#look);
  }

  #reset(): void {
    this.#began = performance.now();
    this.#pause = 1;
  }

  #lookLater(look: () => void): void {
    if (performance.now() - this.#began < eager) {
      this.#timer = undefined;
      setImmediate(look);
      return;
    }
    this.#timer = setTimeout(look, this.#pause);
    this.#pause = Math.min(this.#pause * 2, longestPause);
  }
}
