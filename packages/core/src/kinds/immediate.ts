/**
 * The option `immediate` of sockets that receive. With libzmq's own option, a broken connection loses messages that had arrived but were not read.
 * If a message of several frames is half read then, a failed assertion (`!_more`, fq.cpp) crashes the process. So only sockets that just send use
 * libzmq's option. The others hold messages here. A worker thread does not watch connections, so there it is libzmq's option.
 */

import { isMainThread } from "node:worker_threads";
import { checkBoolean } from "../check.ts";
import { internals } from "../internals-key.ts";
import type { NativeSocket } from "../native/native.ts";

/** The parts of a socket that use the option. */
interface Holding {
  readonly native: NativeSocket;
  readonly gate: { immediate: boolean };
  checkOpen(action: string): void;
}

/** Gives a class the option. */
export function defineImmediate(prototype: object): void {
  Object.defineProperty(prototype, "immediate", {
    configurable: true,
    enumerable: true,
    get(this: { readonly [internals]: Holding }) {
      return holderOf(this[internals], "read").immediate;
    },
    set(this: { readonly [internals]: Holding }, value: unknown) {
      const holder = holderOf(this[internals], "set");
      checkBoolean("immediate", value);
      holder.immediate = value;
    },
  });
}

function holderOf(core: Holding, action: string): { immediate: boolean } {
  core.checkOpen(`${action} immediate`);
  return isMainThread ? core.gate : core.native;
}
