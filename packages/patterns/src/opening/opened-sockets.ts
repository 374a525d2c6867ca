/** Several sockets that belong together: if one cannot be opened, the others close. */

import type { CloseOptions } from "@awaitmq/core";
import { type Endpoints, OpenedSocket, type Opening } from "./opened-socket.ts";

export class OpenedSockets {
  readonly #opened: OpenedSocket<unknown>[] = [];

  /**
   * Takes a socket, or opens one, which `begin` binds or connects.
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

  /** The endpoints that they bound themselves, in the order of opening. */
  get endpoints(): readonly string[] {
    return this.#opened.flatMap(({ endpoints }) => endpoints);
  }

  /** @throws AddressError, TypeError */
  begin(): void {
    this.#orClose(() => {
      for (const opened of this.#opened) opened.begin();
    });
  }

  /** Closes the sockets that were opened here. */
  async close(options?: CloseOptions): Promise<void> {
    await Promise.all(this.#opened.map((opened) => opened.close(options)));
  }

  /** The same, but sent messages have at most this many milliseconds to leave. */
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
