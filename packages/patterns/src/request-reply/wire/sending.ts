/** A message on its way to libzmq: until that has it, it can be given up. */

import { CancelledError } from "../../errors.ts";

/** What a message is given up with. */
export const givenUp = new CancelledError("The message was cancelled before it was sent");

export class Sending {
  /** Whether libzmq has it. */
  hasLeft = false;
  isGivenUp = false;
  #waiting: AbortController | undefined;

  /** Aborted when it is given up. To be asked for when it has to wait for room: most messages never do. */
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
