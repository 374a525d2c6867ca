/** The file descriptor by which libzmq wakes a socket's thread. libzmq closes it when it has let go of the socket. */

import { fstatSync, readFileSync } from "node:fs";
import type { NativeSocket } from "./native.ts";

/** ZMQ_FD of zmq_getsockopt(3). */
const descriptorOption = 14;

export class WakeUpDescriptor {
  readonly #number: number;
  readonly #identity: string | undefined;

  private constructor(number: number) {
    this.#number = number;
    this.#identity = identityOf(number);
  }

  /** Undefined where it is not a number of 32 bits, as on Windows. */
  static of(native: NativeSocket): WakeUpDescriptor | undefined {
    try {
      return new WakeUpDescriptor(native.getInt32Option(descriptorOption));
    } catch {
      return undefined;
    }
  }

  get isOpen(): boolean {
    try {
      fstatSync(this.#number);
    } catch {
      return false;
    }
    return identityOf(this.#number) === this.#identity;
  }
}

/** What tells it from one that got its number later, on Linux; see proc_pid_fdinfo(5). */
function identityOf(descriptor: number): string | undefined {
  try {
    return /^eventfd-id:.*$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1"))?.[0];
  } catch {
    return undefined;
  }
}
