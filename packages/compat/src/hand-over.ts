/** Handing a message to libzmq before `send` returns, as cheaply as the type of socket lets it be known that libzmq took it. */

import { hasRoom, internals, isBusy, settled } from "@awaitmq/core/internals";
import { optionNumbers, type SocketType } from "./constants.ts";
import type { AnySocket } from "./options/option-kinds.ts";
import type { Batch } from "./outgoing.ts";

/** Types that drop what nobody can get. */
export const droppers: ReadonlySet<SocketType> = new Set(["pub", "xpub", "router", "xrep", "stream"]);
/** Options by which a type that drops refuses instead. */
const refusing: ReadonlySet<number> = new Set([optionNumbers.ZMQ_ROUTER_MANDATORY, optionNumbers.ZMQ_XPUB_NODROP]);

export class HandOver {
  readonly #outbox: AnySocket[typeof internals]["outbox"];
  readonly #native: AnySocket[typeof internals]["native"];
  /** How libzmq says that it does not take a message: never, by having no room, or only by the error of the send. */
  #refusal: "never" | "no room" | "error";

  constructor(type: SocketType, socket: AnySocket) {
    const { outbox, native } = socket[internals];
    this.#outbox = outbox;
    this.#native = native;
    if (!droppers.has(type)) this.#refusal = "no room";
    else this.#refusal = type === "stream" ? "error" : "never";
  }

  /** To be told of each option that is set. */
  optionSet(option: number, value: unknown): void {
    if (refusing.has(option) && value) this.#refusal = "error";
  }

  get hasRoom(): boolean {
    return this.#outbox.idle && (this.#refusal !== "no room" || hasRoom(this.#native));
  }

  /**
   * False if libzmq has no room. `refused` is called later if libzmq showed room, and took the message in spite of that not.
   *
   * @throws what libzmq says, as it says it, or TypeError for a message that this type of socket can't send
   */
  now({ frames, callbacks }: Batch, refused: (error: unknown) => void): boolean {
    if (!this.#outbox.idle) return false;
    if (this.#refusal === "never") {
      // No handler: in a loop that never gives up its turn, each would wait for its microtask.
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
