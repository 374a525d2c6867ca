/** Several sockets that belong together: where one can't be opened the others are closed. */

import type { CloseOptions } from "@awaitmq/core";
import { type Endpoints, OpenedSocket, type Opening } from "./opened-socket.ts";

export class OpenedSockets {
  readonly #opened: OpenedSocket<unknown>[] = [];

  /**
   * Takes a socket, or opens one, to be bound or connected by `begin`.
   *
   * @throws TypeError, and what the socket throws for its options
   */
  open<S>(given: S | Endpoints, opening: Opening<S>): S {
    return this.#orClose(() => {
      const opened = OpenedSocket.of(given, opening);
      this.#opened.push(opened);
      return opened.socket;
    });
  }

  /** What they have bound themselves, in the order in which they were opened. */
  get endpoints(): readonly string[] {
    return this.#opened.flatMap(({ endpoints }) => endpoints);
  }

  /** @throws AddressError, TypeError */
  begin(): void {
    this.#orClose(() => {
      for (const opened of this.#opened) opened.begin();
    });
  }

  /** Closes those that were opened. */
  async close(options?: CloseOptions): Promise<void> {
    await Promise.all(this.#opened.map((opened) => opened.close(options)));
  }

  /** The same, where what was sent has so many milliseconds to leave at most. */
  async closeWithin(milliseconds: number): Promise<void> {
    await Promise.all(this.#opened.map((opened) => opened.closeWithin(milliseconds)));
  }

  #orClose<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      void this.close({ linger: 0 });
      throw error;
    }
  }
}
