/**
 * Reads the frontend of a broker: requests while there is room for them, and the messages of streams for as long as
 * these run.
 */

import type { Message, Router } from "@awaitmq/core";
import { closedError, internals } from "@awaitmq/core/internals";
import { allMessages } from "../concurrency/all-messages.ts";
import { isDisconnect } from "../message/disconnect-message.ts";
import { continuesCall, enveloped } from "./protocol.ts";
import type { StreamRelay } from "./stream-relay.ts";

export interface FrontendOwner {
  /** Takes a request. */
  take(message: Message): void;
  /** Whether the queue of requests is full. */
  isFull(): boolean;
  /** A client is gone, so a worker may have room. */
  clientLost(): void;
  /** No more requests are read. */
  retired(): void;
}

export class FrontendReader {
  readonly #frontend: Router;
  readonly #relay: StreamRelay;
  readonly #owner: FrontendOwner;
  readonly #most: number;
  /** Requests that came when no more was to be taken. They are for the next reader. */
  readonly unread: Message[] = [];
  /** Continues reading, which is paused. */
  #resume: (() => void) | undefined;

  /** @param most how many requests may be read for the next reader */
  constructor(frontend: Router, relay: StreamRelay, most: number, owner: FrontendOwner) {
    this.#frontend = frontend;
    this.#relay = relay;
    this.#most = most;
    this.#owner = owner;
  }

  /** There may be room, or reading is to end. */
  resume(): void {
    this.#resume?.();
  }

  /**
   * Reads requests until the first signal aborts, then the messages of streams until the second does.
   *
   * @throws ClosedError if the frontend closes, or what its `receive` rejects with
   */
  async read(requests: AbortSignal, streams: AbortSignal): Promise<void> {
    this.#frontend[internals].closing.addEventListener("abort", () => this.resume(), { signal: requests });
    try {
      for await (const message of allMessages(this.#frontend, requests)) {
        if (!this.#takeStreamed(message)) this.#owner.take(message);
        while (this.#isPaused && !requests.aborted && !this.#frontend.closed)
          await new Promise<void>((resolve) => {
            this.#resume = resolve;
          });
      }
    } catch (error) {
      if (!requests.aborted) throw error;
      this.#owner.retired();
      await this.#readStreams(streams);
      return;
    }
    throw closedError("receive", "frontend");
  }

  /** Streams need their messages to go on, even if no request can be taken. */
  get #isPaused(): boolean {
    return this.#owner.isFull() && this.#relay.size === 0;
  }

  async #readStreams(signal: AbortSignal): Promise<void> {
    if (this.#relay.size === 0) return;
    try {
      for await (const message of allMessages(this.#frontend, signal)) {
        if (!this.#takeStreamed(message)) this.unread.push(message);
        if (this.#relay.size === 0 || this.unread.length >= this.#most) return;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (!signal.aborted) throw closedError("receive", "frontend");
  }

  /** False for a request. */
  #takeStreamed(message: Message): boolean {
    if (isDisconnect(message)) {
      this.#relay.clientLost(message[0]);
      this.#owner.clientLost();
      return true;
    }
    const found = enveloped(message.slice(1));
    if (found === undefined || !continuesCall(found.header)) return false;
    this.#relay.fromClient(message, found);
    return true;
  }
}
