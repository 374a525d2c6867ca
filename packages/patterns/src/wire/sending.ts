/** A message on its way to libzmq. Until libzmq has it, it can be cancelled. */

import { CancelledError } from "../errors.ts";

/** The error of a cancelled message. */
export const givenUp = new CancelledError("The message was cancelled before it was sent");

export class Sending {
  /** Whether libzmq has it. */
  hasLeft = false;
  isGivenUp = false;
  #waiting: AbortController | undefined;

  /** Aborts when the message is cancelled. Created only for a message that waits for room: most never do. */
  get signal(): AbortSignal {
    if (this.#waiting === undefined) {
      this.#waiting = new AbortController();
      if (this.isGivenUp) this.#waiting.abort(givenUp);
    }
    return this.#waiting.signal;
  }

  giveUp(): void {
    this.isGivenUp = true;
    this.#waiting?.abort(givenUp);
  }
}
