/**
 * Looking again and again, for sockets that can't tell when something comes. libzmq's thread-safe (draft) sockets have no
 * ZMQ_FD, and the descriptor of their zmq_poller stays readable for ever after the first event: waiting on that takes a whole core.
 */

/** Milliseconds in which every turn of the event loop looks. */
const eager = 1;
/** Milliseconds of the longest pause between two looks; the pauses double from 1 up to it. */
const longestPause = 10;

export class Poll {
  #began = 0;
  #pause = 1;
  #timer: NodeJS.Timeout | undefined;
  #look: (() => void) | undefined;

  /** Resolves when `done` is true, which it is asked at once and then with growing pauses. One wait at a time. */
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

  /** Looks often again, since something may come soon: the answer to what was just sent. */
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
