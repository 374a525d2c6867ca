/** Holds what a socket sends while none of its connections stands: `immediate`, as core has it. See kinds/immediate.ts. */

import type { Monitor } from "./monitor.ts";

interface GatedSocket {
  readonly monitor: Monitor;
  readonly endpoints: { readonly connects: boolean; readonly hasInproc: boolean };
  readonly kind: { readonly deals?: boolean };
}

export class PeerGate {
  readonly #socket: GatedSocket;
  #immediate = false;
  #wait: Promise<void> | undefined;
  #end: (() => void) | undefined;

  constructor(socket: GatedSocket) {
    this.#socket = socket;
  }

  get immediate(): boolean {
    return this.#immediate;
  }

  set immediate(value: boolean) {
    this.#immediate = value;
    this.look();
  }

  /** Whether libzmq would queue a message for a connection that does not stand. It queues none where it only binds. */
  get isShut(): boolean {
    if (!this.#immediate || this.#socket.kind.deals !== true) return false;
    const { monitor, endpoints } = this.#socket;
    return monitor.peers === 0 && monitor.started && endpoints.connects && !endpoints.hasInproc;
  }

  /** Resolves when it is not shut any more, or at `leave`. Until then the process and the socket live. */
  opened(): Promise<void> {
    this.#wait ??= new Promise((resolve) => {
      const { monitor } = this.#socket;
      const release = monitor.attend(this.#socket);
      const deafen = monitor.listen(() => this.look());
      this.#end = () => {
        deafen();
        release();
        resolve();
      };
    });
    return this.#wait;
  }

  /** Nobody waits any more. */
  leave(): void {
    this.#end?.();
    this.#end = undefined;
    this.#wait = undefined;
  }

  /** To be called when something else than an event may have opened it. */
  look(): void {
    if (!this.isShut) this.leave();
  }
}
