/** Notifies running handlers that their server shuts down, while they may still finish in order. */

import { setMaxListeners } from "node:events";

export class Stopping {
  #controller: AbortController | undefined;
  #begun: { readonly reason: unknown } | undefined;

  /** One signal for all handlers. Created when one of them asks for it: most never do. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      // Each running handler may listen, which Node would report as a leak.
      setMaxListeners(0, this.#controller.signal);
      if (this.#begun !== undefined) this.#controller.abort(this.#begun.reason);
    }
    return this.#controller.signal;
  }

  /** The shutdown begins. Later calls change nothing. */
  begin(reason: unknown): void {
    if (this.#begun !== undefined) return;
    this.#begun = { reason };
    this.#controller?.abort(reason);
  }
}
