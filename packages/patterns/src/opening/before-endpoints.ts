/** Checks that an option is set before a socket gets its first endpoint. */

import type { Socket } from "@awaitmq/core";
import { TooLateError } from "../errors.ts";

/**
 * Makes a check for sockets. A socket with endpoints passes only if it passed before, when it had none.
 *
 * @param of the function that checks, for errors
 * @param reason why it must come first, a sentence without its period
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
