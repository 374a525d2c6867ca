/** `socket._zmq`: what programs reach for of the object that the classic package had there. */

import { systemError } from "./errors.ts";
import type { Sending } from "./sending.ts";

/** Milliseconds between two looks for room that a program waits for. */
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

  /** `zmq.STATE_READY`, `STATE_BUSY` while a bind or unbind is under way, or `STATE_CLOSED`. */
  get state(): number {
    return this.#socket.state;
  }

  /** Whether messages wait in the program, or it waits for room itself. */
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

  /** The frames of the next message, or null if there is none now. */
  readv(): Buffer[] | null {
    return this.#socket.read();
  }

  /**
   * Sends the frames of one message, each with its flags behind it, if libzmq takes them now and nothing waits.
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
