/**
 * libzmq announces news on a socket by an edge, and whoever makes it look at the socket uses the edge up: zeromq's receive
 * that waits then sleeps on, with its message there, until more news comes. zeromq looks again for it after a send, but
 * not after these calls.
 */

import { type NativeClass, type NativeSocket, nativeClasses, nativeSocketPrototype } from "./native.ts";

/** ZMQ_SNDTIMEO of zmq_setsockopt(3). */
const sendTimeout = 28;
const send = nativeClasses.Push.prototype.send;
const writable = Object.getOwnPropertyDescriptor(nativeSocketPrototype, "writable")?.get as (
  this: NativeSocket,
) => boolean;
const classes = new Map<NativeClass, NativeClass>();

/** As `native.writable`, at half its price, for a caller that sends at once where this is true: that looks again as well. */
export function hasRoom(native: NativeSocket): boolean {
  return writable.call(native) || native.writable;
}

/** The same class, whose calls leave no receive asleep. */
export function attentive(base: NativeClass): NativeClass {
  if (!("receive" in base.prototype)) return base;
  const known = classes.get(base);
  if (known !== undefined) return known;
  const made = extend(base);
  classes.set(base, made);
  return made;
}

function extend(base: NativeClass): NativeClass {
  return class extends base {
    constructor(options?: object) {
      super(options);
      // So that the empty send below never waits, not even on a socket that can't send at all.
      this.setInt32Option(sendTimeout, 0);
    }
    override get writable(): boolean {
      return lookAgain(this, () => super.writable);
    }
    override bindSync(address: string): void {
      lookAgain(this, () => super.bindSync(address));
    }
    override connect(...args: Parameters<NativeSocket["connect"]>): void {
      lookAgain(this, () => super.connect(...args));
    }
    override disconnect(address: string): void {
      lookAgain(this, () => super.disconnect(address));
    }
  };
}

/** A Server's send wants to be told a peer, also for no message. */
function details(native: NativeSocket): object[] {
  return native instanceof nativeClasses.Server ? [{ routingId: 0 }] : [];
}

function lookAgain<T>(native: NativeSocket, call: () => T): T {
  try {
    return call();
  } finally {
    try {
      // A message without frames goes nowhere, also from a socket that can't send; zeromq looks at the receive after it.
      send.call(native, [], ...details(native)).catch(() => {});
    } catch {
      // A send waits and looks after that, or the socket is closed.
    }
  }
}
