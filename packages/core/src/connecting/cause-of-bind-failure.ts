/** Why a bind of a watched socket failed. */

import type { NativeContext } from "../native/native.ts";
import { type NativeSocket, nativeClasses } from "../native/native.ts";

/** With a monitor, libzmq overwrites the error number of a failed bind when it reports the failure. So this asks a socket without one. */
export function causeOfBindFailure(error: unknown, address: string, context: NativeContext): unknown {
  let probe: NativeSocket | undefined;
  try {
    probe = new nativeClasses.Pair({ linger: 0, context });
    probe.bindSync(address);
    return error;
  } catch (cause) {
    return cause;
  } finally {
    probe?.close();
  }
}
