/** Hands a message to libzmq before `send` returns, with the cheapest check for the socket type that libzmq has accepted it. */

import { hasRoom, internals, isBusy, settled } from "@awaitmq/core/internals";
import { optionNumbers, type SocketType } from "./constants.ts";
import type { AnySocket } from "./options/option-kinds.ts";
import type { Batch } from "./outgoing.ts";

/** Types that drop messages without a receiver. */
export const droppers: ReadonlySet<SocketType> = new Set(["pub", "xpub", "router", "xrep", "stream"]);
/** Options with which such a type refuses messages instead. */
const refusing: ReadonlySet<number> = new Set([optionNumbers.ZMQ_ROUTER_MANDATORY, optionNumbers.ZMQ_XPUB_NODROP]);

export class HandOver {
  readonly #outbox: AnySocket[typeof internals]["outbox"];
  readonly #native: AnySocket[typeof internals]["native"];
  /** How libzmq refuses a message: never, by having no room, or only with the error of the send. */
  #refusal: "never" | "no room" | "error";

  constructor(type: SocketType, socket: AnySocket) {
    const { outbox, native } = socket[internals];
    this.#outbox = outbox;
    this.#native = native;
    if (!droppers.has(type)) this.#refusal = "no room";
    else this.#refusal = type === "stream" ? "error" : "never";
  }

  /** To be called with each option that is set. */
  optionSet(option: number, value: unknown): void {
    if (refusing.has(option) && value) this.#refusal = "error";
  }

  get hasRoom(): boolean {
    return this.#outbox.idle && (this.#refusal !== "no room" || hasRoom(this.#native));
  }

  /**
   * Hands over a message. Returns false if libzmq has no room. `refused` is called later if libzmq showed room but still refused the message.
   *
   * @throws libzmq's own error, or TypeError for a message that this type of socket cannot send
   */
  now({ frames, callbacks }: Batch, refused: (error: unknown) => void): boolean {
    if (!this.#outbox.idle) return false;
    if (this.#refusal === "never") {
      // No handler: in a loop that never yields, each handler would wait for its microtask.
      void this.#outbox.handOver(frames);
      return true;
    }
    if (this.#refusal === "no room") {
      if (!hasRoom(this.#native)) return false;
      if (callbacks === undefined) {
        this.#outbox.handOver(frames).catch(refused);
        return true;
      }
    }
    const outcome = settled(this.#outbox.handOver(frames));
    if (outcome.state !== "rejected") return true;
    if (isBusy(outcome.error)) return false;
    throw outcome.error;
  }
}
