/** A socket only reads messages while it has a listener. So it is notified when its listeners change. */

import { EventEmitter } from "node:events";

const changing = ["on", "addListener", "prependListener", "removeListener", "off", "removeAllListeners"] as const;

/** Overrides the listener methods of a prototype, so that they also call `changed`. */
export function tellOfListeners<E extends EventEmitter>(prototype: E, changed: (emitter: E) => void): void {
  for (const name of changing) {
    const inherited = EventEmitter.prototype[name] as (...values: unknown[]) => unknown;
    Object.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      value(this: E, ...values: unknown[]) {
        inherited.apply(this, values);
        changed(this);
        return this;
      },
    });
  }
}
