/** Handshakes that failed. */

import type { Socket, SocketEvent } from "../../src/index.ts";

export type Failure = Extract<SocketEvent, { type: `handshake:error:${string}` }>;

/** Collects failed handshakes from now on, until the socket closes. */
export function failuresOf(socket: Socket): Failure[] {
  const failures: Failure[] = [];
  const events = socket.events();
  void (async () => {
    for await (const event of events) if (event.type.startsWith("handshake:error")) failures.push(event as Failure);
  })();
  return failures;
}
