/**
 * libzmq signals changes of a socket with an edge. Any call that makes libzmq check the socket consumes the edge. Then zeromq's pending receive keeps
 * sleeping, although its message is available, until the next change. zeromq checks again after a send, but not after the calls
 * here.
 */

import { type NativeClass, type NativeSocket, nativeClasses, nativeSocketPrototype } from "./native.ts";

/** ZMQ_SNDTIMEO of zmq_setsockopt(3). */
const sendTimeout = 28;
const send = nativeClasses.Push.prototype.send;
const writable = Object.getOwnPropertyDescriptor(nativeSocketPrototype, "writable")?.get as (
  this: NativeSocket,
) => boolean;
const classes = new Map<NativeClass, NativeClass>();

/** Like `native.writable`, at half the cost, for a caller that sends at once if this is true. The send then checks again. */
export function hasRoom(native: NativeSocket): boolean {
  return writable.call(native) || native.writable;
}

/** The same class, but its calls never leave a receive asleep. */
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
      // So that the empty send below never waits, not even on a socket that cannot send.
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

/** A Server's send needs a peer, even for an empty send. */
function details(native: NativeSocket): object[] {
  return native instanceof nativeClasses.Server ? [{ routingId: 0 }] : [];
}

function lookAgain<T>(native: NativeSocket, call: () => T): T {
  try {
    return call();
  } finally {
    try {
      // A message without frames is never sent, and works on sockets that cannot send. zeromq checks the receive after it.
      send.call(native, [], ...details(native)).catch(() => {});
    } catch {
      // A pending send will check, or the socket is closed.
    }
  }
}
