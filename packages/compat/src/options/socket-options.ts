/** The options of one socket: core's, and those that are only kept. */

import { optionNumbers, type SocketType } from "../constants.ts";
import { withClassicErrors } from "../errors.ts";
import type { AnySocket } from "./option-kinds.ts";
import { getOption, keptAtFirst, setOption } from "./options.ts";

export class SocketOptions {
  readonly #socket: AnySocket;
  readonly #kept = new Map<number, unknown>(keptAtFirst);
  /** Milliseconds of `linger` from the first send on: what has sent nothing has nothing to wait for. */
  #lingerOnceSent: number | undefined = 2_000;

  constructor(socket: AnySocket, type: SocketType) {
    this.#socket = socket;
    // It would bound the subscriptions, and those beyond it would be lost.
    if (type === "sub") this.#kept.set(optionNumbers.ZMQ_SNDHWM, 1_000);
  }

  get(option: number): unknown {
    return this.#kept.has(option) ? this.#kept.get(option) : getOption(this.#socket, option);
  }

  set(option: number, value: unknown): void {
    if (!this.#kept.has(option)) {
      setOption(this.#socket, option, value);
      return;
    }
    if (typeof value !== "number") throw new Error("Value must be an integer");
    if (option === optionNumbers.ZMQ_LINGER) withClassicErrors(() => this.#linger(value));
    this.#kept.set(option, value);
  }

  /** To be called before each send. */
  noteSend(): void {
    if (this.#lingerOnceSent !== undefined) this.#linger(this.#lingerOnceSent);
  }

  #linger(milliseconds: number): void {
    this.#socket.linger = milliseconds;
    this.#lingerOnceSent = undefined;
  }
}
