/** `socket._zmq`: the members that programs use of the classic package's internal object. */

import { systemError } from "./errors.ts";
import type { Sending } from "./sending.ts";

/** Milliseconds between two polls for room while a program waits for it. */
const interval = 10;

interface Outside {
  readonly closed: boolean;
  readonly state: number;
  getsockopt(option: number): unknown;
  setsockopt(option: number, value: unknown): unknown;
  read(): Buffer[] | null;
  close(): unknown;
}

export class Insides {
  /** Called when there is room, while `pending` is set. */
  onSendReady: (() => void) | undefined;
  readonly #socket: Outside;
  readonly #sending: Sending;
  #looking: NodeJS.Timeout | undefined;

  constructor(socket: Outside, sending: Sending) {
    this.#socket = socket;
    this.#sending = sending;
  }

  /** `zmq.STATE_READY`, `STATE_BUSY` during a bind or unbind, or `STATE_CLOSED`. */
  get state(): number {
    return this.#socket.state;
  }

  /** Whether messages wait in the program, or the program itself waits for room. */
  get pending(): boolean {
    return this.#looking !== undefined || this.#sending.waits;
  }

  set pending(waits: boolean) {
    clearInterval(this.#looking);
    this.#looking = waits ? setInterval(() => this.#look(), interval).unref() : undefined;
  }

  getsockopt(option: number): unknown {
    return this.#socket.getsockopt(option);
  }

  setsockopt(option: number, value: unknown): void {
    this.#socket.setsockopt(option, value);
  }

  /** The frames of the next message, or null if none is available. */
  readv(): Buffer[] | null {
    return this.#socket.read();
  }

  /**
   * Sends the frames of one message, each followed by its flags, if libzmq accepts them now and no message waits.
   *
   * @throws Error with the `code` of libzmq
   */
  sendv(content: readonly unknown[]): boolean {
    if (content.length === 0) throw systemError("EINVAL");
    return this.#sending.offer(content.filter((_, index) => index % 2 === 0));
  }

  close(): void {
    this.#socket.close();
  }

  #look(): void {
    if (this.#socket.closed) this.pending = false;
    else if (this.#sending.hasRoom) this.onSendReady?.();
  }
}
