/** What a worker tells its broker about itself: how many requests it takes, and that it leaves. */

import type { Dealer, Frame } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { leaveMessage, readyMessage } from "./protocol.ts";

/** Milliseconds for each message of a worker that leaves. */
const longestFarewell = 2_000;

export class Announcement {
  readonly #dealer: Dealer;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  #withdrawn: Promise<void> | undefined;

  /** Announces the worker at once, and again for each new connection. */
  constructor(dealer: Dealer, concurrency: number) {
    this.#dealer = dealer;
    const { signal } = this.#stop;
    const announce = () => dealer.send(readyMessage(concurrency), { signal });
    const repeat = async () => {
      for await (const event of dealer.events({ signal })) if (event.type === "handshake") await announce();
    };
    // They fail when this stops or the socket closes, which the receiving side handles.
    this.#running = Promise.allSettled([announce(), repeat()]);
  }

  /** Asks for no more requests. */
  withdraw(): void {
    this.#stop.abort();
    this.#withdrawn ??= this.#tell(readyMessage(0));
  }

  /** Says goodbye. Without a connection there is no need: the broker knows. */
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
