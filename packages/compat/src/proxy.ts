/** A proxy of two sockets in JavaScript, with the pairs of types and the order that the classic package took. */

import type { Socket } from "./socket.ts";

const pairs = new Set(["push/pull", "pull/push", "xpub/xsub", "router/dealer", "xrep/xreq"]);

/**
 * Forwards messages between two sockets, whole, both ways where both can. What the back end says also goes to `capture`: between
 * a router and a dealer without the envelope.
 *
 * @throws Error `wrong socket order to proxy` for other pairs of types, and for these the other way round.
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
