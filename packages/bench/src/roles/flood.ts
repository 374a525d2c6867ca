/** The other end of a measured receiver: a TCP connection that sends messages faster than any receiver reads. */

import { once } from "node:events";
import { connect } from "node:net";
import type { Connecting, Role } from "./role.ts";
import { frame, handshake, ready } from "./zmtp.ts";

/** The approximate number of bytes per write. */
const chunkSize = 65_536;

export const flood: Role<Connecting & { readonly size: number }> = async ({ endpoint, size }) => {
  const { hostname, port } = new URL(endpoint);
  const connection = connect(Number(port), hostname);
  await once(connection, "connect");
  connection.write(handshake("PUSH"));
  await ready(connection);
  const message = frame(Buffer.alloc(size, "x"));
  const chunk = Buffer.concat(new Array<Buffer>(Math.ceil(chunkSize / message.length)).fill(message));
  while (!connection.destroyed) {
    if (!connection.write(chunk)) await once(connection, "drain");
  }
};
