/** What a worker tells its broker of itself: how much it takes, and that it goes. */

import type { Dealer, Frame } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { leaveMessage, readyMessage } from "./protocol.ts";

/** Milliseconds for each word of a worker that goes. One without a connection has nobody to tell. */
const longestFarewell = 2_000;

export class Announcement {
  readonly #dealer: Dealer;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  #withdrawn: Promise<void> | undefined;

  /** Announces a worker at once, and again whenever its connection is a new one. */
  constructor(dealer: Dealer, concurrency: number) {
    this.#dealer = dealer;
    const { signal } = this.#stop;
    const announce = () => dealer.send(readyMessage(concurrency), { signal });
    const repeat = async () => {
      for await (const event of dealer.events({ signal })) if (event.type === "handshake") await announce();
    };
    // They fail when this stops or the socket closes, of which the receiving side knows.
    this.#running = Promise.allSettled([announce(), repeat()]);
  }

  /** Asks for no more. */
  withdraw(): void {
    this.#stop.abort();
    this.#withdrawn ??= this.#tell(readyMessage(0));
  }

  /** Says goodbye; without a connection the broker knows. */
  async leave(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#withdrawn;
    await this.#tell([...leaveMessage]);
  }

  async #tell(message: Frame[]): Promise<void> {
    const { gate } = this.#dealer[internals];
    if (this.#dealer.closed || gate.isShut) return;
    await this.#dealer.send(message, { timeout: longestFarewell }).catch(() => {});
  }
}
