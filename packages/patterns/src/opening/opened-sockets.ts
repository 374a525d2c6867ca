/** Several sockets that belong together: if one cannot be opened, the others close. */

import type { CloseOptions } from "@awaitmq/core";
import { claim } from "../concurrency/claim.ts";
import { type Endpoints, OpenedSocket, type Opening } from "./opened-socket.ts";

export class OpenedSockets {
  readonly #reader: string | undefined;
  readonly #opened: OpenedSocket<unknown>[] = [];
  /** Let others read the sockets. */
  readonly #releases: (() => void)[] = [];

  /** @param reader the only function that may read the sockets from `begin` until they close; without one, any may */
  constructor(reader?: string) {
    this.#reader = reader;
  }

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

  /**
   * Reserves the sockets for the reader, calls `prepare`, then binds or connects.
   *
   * @throws AddressError, TypeError; InUseError if another reader has one; ClosedError; and what `prepare` throws
   */
  begin(prepare?: () => void): void {
    this.#orClose(() => {
      for (const { socket } of this.#opened)
        if (this.#reader !== undefined)
          this.#releases.push(claim(socket as { readonly closed: boolean }, this.#reader));
      prepare?.();
      for (const opened of this.#opened) opened.begin();
    });
  }

  /** Lets others read the sockets, and closes those that were opened here. */
  async close(options?: CloseOptions): Promise<void> {
    this.#release();
    await Promise.all(this.#opened.map((opened) => opened.close(options)));
  }

  /** The same, but sent messages have at most this many milliseconds to leave. */
  async closeWithin(milliseconds: number): Promise<void> {
    this.#release();
    await Promise.all(this.#opened.map((opened) => opened.closeWithin(milliseconds)));
  }

  #release(): void {
    for (const release of this.#releases.splice(0)) release();
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
