/** What a worker tells its broker about itself: how many requests it takes, and that it leaves. */

import { setTimeout as pause } from "node:timers/promises";
import { type Dealer, type Frame, QueueFullError } from "@awaitmq/core";
import { internals } from "@awaitmq/core/internals";
import { leaveMessage, readyMessage } from "./protocol.ts";

/** Milliseconds for the last messages of a worker that leaves, together. */
const longestFarewell = 2_000;
/** Milliseconds until an announcement is retried. */
const retryPause = 100;

export class Announcement {
  readonly #dealer: Dealer;
  readonly #concurrency: number;
  /** Aborted when no more requests are wanted. */
  readonly #stop = new AbortController();
  /** Aborted when the worker has left. Until then the socket's events are read, which tell whether a broker is there. */
  readonly #left = new AbortController();
  #withdrawn: Promise<void> | undefined;

  /** Announces the worker at once, and again for each new connection. */
  constructor(dealer: Dealer, concurrency: number) {
    this.#dealer = dealer;
    this.#concurrency = concurrency;
    void this.#announce();
    // This fails when the worker has left or the socket closes, which the receiving side handles.
    this.#repeat().catch(() => {});
  }

  /** Asks for no more requests. */
  withdraw(): void {
    this.#stop.abort();
    this.#withdrawn ??= this.#tell(readyMessage(0), longestFarewell);
  }

  /** Says goodbye, unless no broker is connected. */
  async leave(): Promise<void> {
    const deadline = performance.now() + longestFarewell;
    this.#stop.abort();
    await this.#withdrawn;
    await this.#tell([...leaveMessage], Math.max(0, deadline - performance.now()));
    this.#left.abort();
  }

  async #repeat(): Promise<void> {
    for await (const event of this.#dealer.events({ signal: this.#left.signal }))
      if (event.type === "handshake") await this.#announce();
  }

  /** Never rejects. Retries while pending replies fill the queue: otherwise the broker would not know the worker. */
  async #announce(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted && !this.#dealer.closed) {
      try {
        await this.#dealer.send(readyMessage(this.#concurrency), { signal, timeout: Number.POSITIVE_INFINITY });
        return;
      } catch (error) {
        if (!(error instanceof QueueFullError)) return;
        await pause(retryPause, undefined, { signal }).catch(() => {});
      }
    }
  }

  async #tell(message: Frame[], timeout: number): Promise<void> {
    if (this.#dealer.closed) return;
    // There are no events of inproc.
    const { monitor, endpoints } = this.#dealer[internals];
    if (monitor.isAlone && !endpoints.hasInproc) return;
    await this.#dealer.send(message, { timeout }).catch(() => {});
  }
}
