/** Options that a helper has to set before a socket gets its first endpoint. */

import type { Socket } from "@awaitmq/core";
import { TooLateError } from "../errors.ts";

/**
 * Makes a check of sockets for a helper: one that has endpoints already passes only if it passed once when it had none.
 *
 * @param of the helper, for errors
 * @param reason why it has to come first, a sentence without its end
 */
export function beforeEndpoints(of: string, reason: string): (socket: Socket) => void {
  const inTime = new WeakSet<Socket>();
  return (socket) => {
    const [endpoint] = socket.endpoints;
    if (endpoint === undefined) inTime.add(socket);
    else if (!inTime.has(socket))
      throw new TooLateError(
        `Cannot ${of} on a socket that already has ${endpoint}: ${reason}. Call ${of} before bind and connect, or pass it the endpoint`,
      );
  };
}
