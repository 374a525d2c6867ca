/** The last price of each symbol, and who waits for the next one. */

import { EventEmitter, once } from "node:events";
import type { Tick } from "./contract.ts";

export class Market {
  readonly #last = new Map<string, Tick>();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #version = 0;

  get(symbol: string): Tick | undefined {
    return this.#last.get(symbol);
  }

  set(tick: Tick): void {
    this.#last.set(tick.symbol, tick);
    this.#version += 1;
    this.#changes.emit("tick");
  }

  /** Prices now, and new ones until the signal aborts. A slow reader misses some, and always gets the last. */
  async *follow(symbols: readonly string[], signal: AbortSignal): AsyncGenerator<Tick, void> {
    const seen = new Map<string, Tick>();
    while (!signal.aborted) {
      const version = this.#version;
      for (const symbol of symbols) {
        const tick = this.#last.get(symbol);
        if (tick === undefined || tick === seen.get(symbol)) continue;
        seen.set(symbol, tick);
        yield tick;
      }
      if (version === this.#version) await once(this.#changes, "tick", { signal }).catch(() => {});
    }
  }
}
