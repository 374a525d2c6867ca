/** The options of one socket: core's, and those that compat keeps itself. */

import { optionNumbers, type SocketType } from "../constants.ts";
import { withClassicErrors } from "../errors.ts";
import type { AnySocket } from "./option-kinds.ts";
import { getOption, keptAtFirst, setOption } from "./options.ts";

export class SocketOptions {
  readonly #socket: AnySocket;
  readonly #kept = new Map<number, unknown>(keptAtFirst);
  /** Milliseconds of `linger` from the first send on. A socket that has sent nothing need not wait. */
  #lingerOnceSent: number | undefined = 2_000;

  constructor(socket: AnySocket, type: SocketType) {
    this.#socket = socket;
    // It would bound the subscriptions, and lose those beyond it.
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
