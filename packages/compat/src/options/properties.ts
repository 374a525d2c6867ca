/** The options as properties of a socket, made from the table. */

import { options } from "./options.ts";

interface WithOptions {
  getsockopt(option: number): unknown;
  setsockopt(option: number, value: unknown): unknown;
  subscribe(filter: string | Buffer): unknown;
  unsubscribe(filter: string | Buffer): unknown;
}

export function defineProperties(prototype: WithOptions): void {
  for (const [name, number] of Object.entries(options)) {
    Object.defineProperty(prototype, name, {
      configurable: true,
      get(this: WithOptions) {
        return this.getsockopt(number);
      },
      set(this: WithOptions, value: unknown) {
        this.setsockopt(number, value);
      },
    });
  }
  // Also as properties to assign: `sub.subscribe = "a"`, or in the settings of `socket`.
  for (const name of ["subscribe", "unsubscribe"] as const) {
    const method = prototype[name];
    Object.defineProperty(prototype, name, {
      configurable: true,
      get: () => method,
      set(this: WithOptions, filter: string | Buffer) {
        method.call(this, filter);
      },
    });
  }
}
