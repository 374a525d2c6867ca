/** The options that core implements itself, because it does the waiting. zeromq's options are added per type. */

import { checkBound } from "../check.ts";
import { internals } from "../internals-key.ts";

/** The parts of a socket that wait. */
interface Waiting {
  readonly inbox: { timeout: number };
  readonly outbox: { timeout: number; maxPending: number };
}

export function defineReceivingOptions(prototype: object): void {
  define(
    prototype,
    "receiveTimeout",
    -1,
    ({ inbox }) => inbox.timeout,
    ({ inbox }, value) => {
      inbox.timeout = noneIs(-1, value);
    },
  );
}

export function defineSendingOptions(prototype: object): void {
  define(
    prototype,
    "sendTimeout",
    -1,
    ({ outbox }) => outbox.timeout,
    ({ outbox }, value) => {
      outbox.timeout = noneIs(-1, value);
    },
  );
  define(
    prototype,
    "maxPendingSends",
    0,
    ({ outbox }) => outbox.maxPending,
    ({ outbox }, value) => {
      outbox.maxPending = value;
    },
  );
}

/** Converts Infinity to zeromq's value for no bound. */
function noneIs(word: number, value: number): number {
  return value === Number.POSITIVE_INFINITY ? word : value;
}

/** Defines an option: a whole number of `least` or more, or Infinity. */
function define(
  prototype: object,
  name: string,
  least: number,
  get: (core: Waiting) => number,
  set: (core: Waiting, value: number) => void,
): void {
  Object.defineProperty(prototype, name, {
    configurable: true,
    enumerable: true,
    get(this: { readonly [internals]: Waiting }) {
      return get(this[internals]);
    },
    set(this: { readonly [internals]: Waiting }, value: number) {
      checkBound(name, value, least);
      set(this[internals], value);
    },
  });
}
