/** Opens a native socket, which needs file descriptors. */

import { explainLimit } from "../errors.ts";
import { internals } from "../internals-key.ts";
import type { SocketKind } from "../kinds/socket-kind.ts";
import { needDescriptors } from "../native/descriptors.ts";
import { type NativeSocket, threadSafeClasses } from "../native/native.ts";
import { attentive } from "../native/rearm-receive.ts";
import type { Context } from "./context.ts";

/** @throws MessagingError `ERR_SOCKET_LIMIT` */
export function openNative({ name, native }: SocketKind, context: Context): NativeSocket {
  const inside = context[internals];
  const action = `open a ${name} socket`;
  // The first socket starts the threads: two descriptors per I/O thread, and two more for the thread that closes sockets.
  if (!inside.started) needDescriptors(3 + 2 * context.ioThreads, action);
  else if (threadSafeClasses.has(native)) needDescriptors(3, action);
  try {
    const opened = new (attentive(native))({ context: inside.native });
    inside.started = true;
    return opened;
  } catch (cause) {
    throw explainLimit(action, cause);
  }
}
