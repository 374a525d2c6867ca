/** Whether a message is wanted depends on whether somebody listens: so a socket is told when its listeners change. */

import { EventEmitter } from "node:events";

const changing = ["on", "addListener", "prependListener", "removeListener", "off", "removeAllListeners"] as const;

/** Gives a prototype these methods, which call `changed` once they have done their work. */
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
