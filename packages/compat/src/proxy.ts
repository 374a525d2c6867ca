/** A proxy of two sockets in JavaScript, for the same pairs of types, in the same order, as in the classic package. */

import type { Socket } from "./socket.ts";

const pairs = new Set(["push/pull", "pull/push", "xpub/xsub", "router/dealer", "xrep/xreq"]);

/**
 * Forwards complete messages between two sockets, both ways if both types can.
 *
 * The pairs are push and pull, pull and push, xpub and xsub, router and dealer. Messages of the back end also go to `capture`: between a router and
 * a dealer without the envelope.
 *
 * @param frontend one socket
 * @param backend the other socket
 * @param capture a socket that gets copies
 * @throws Error `wrong socket order to proxy` for other pairs of types, or the reverse order
 * @category Proxy
 */
export function proxy(frontend: Socket, backend: Socket, capture?: Socket): void {
  if (!pairs.has(`${frontend.type}/${backend.type}`)) throw new Error("wrong socket order to proxy");
  const enveloped = frontend.type === "router" || frontend.type === "xrep";
  frontend.on("message", (...frames: Buffer[]) => backend.send(frames));
  backend.on("message", (...frames: Buffer[]) => {
    frontend.send(frames);
    capture?.send(enveloped ? withoutEnvelope(frames) : frames);
  });
}

function withoutEnvelope(frames: Buffer[]): Buffer[] {
  const delimiter = frames.findIndex(({ length }) => length === 0);
  return frames.slice(delimiter < 0 || delimiter === frames.length - 1 ? -1 : delimiter + 1);
}
