/**
 * The option `immediate` of sockets that receive. With libzmq's own, a connection that breaks takes with it what had come and was not read,
 * and where one message of several frames is half read then, an assertion (`!_more`, fq.cpp) ends the process. So libzmq's is for those that
 * only send, and the others hold what they send here. In a worker thread, which watches no connections, it is libzmq's.
 */

import { isMainThread } from "node:worker_threads";
import { checkBoolean } from "../check.ts";
import { internals } from "../internals-key.ts";
import type { NativeSocket } from "../native/native.ts";

/** The parts of a socket that heed it. */
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
