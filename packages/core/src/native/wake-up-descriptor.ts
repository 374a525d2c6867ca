/** The file descriptor with which libzmq wakes a socket's thread. libzmq closes it when it releases the socket. */

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

  /** Undefined if it is not a 32-bit number, as on Windows. */
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

/** Distinguishes it from a later descriptor with the same number, on Linux. See proc_pid_fdinfo(5). */
function identityOf(descriptor: number): string | undefined {
  try {
    return /^eventfd-id:.*$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1"))?.[0];
  } catch {
    return undefined;
  }
}
