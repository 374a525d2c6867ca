/** Core's own `immediate`: holds messages while no connection is established. See kinds/immediate.ts. */

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

  /** Whether libzmq would queue a message for a connection that is not established. A socket that only binds has no such queue. */
  get isShut(): boolean {
    if (!this.#immediate || this.#socket.kind.deals !== true) return false;
    const { monitor, endpoints } = this.#socket;
    return monitor.peers === 0 && monitor.started && endpoints.connects && !endpoints.hasInproc;
  }

  /** Resolves when the gate opens, or at `leave`. Until then the process and the socket stay alive. */
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

  /** To be called when no message waits. */
  leave(): void {
    this.#end?.();
    this.#end = undefined;
    this.#wait = undefined;
  }

  /** To be called when something other than an event may have opened the gate. */
  look(): void {
    if (!this.isShut) this.leave();
  }
}
