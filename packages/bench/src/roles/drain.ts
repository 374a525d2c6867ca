/** The other end of a measured sender: reads all bytes and ignores them. */

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Role } from "./role.ts";
import { handshake } from "./zmtp.ts";

export const drain: Role<object> = async (_work, tell) => {
  const server = createServer((connection) => {
    connection.write(handshake("PULL"));
    connection.on("error", () => connection.destroy());
    connection.resume();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  tell({ kind: "endpoint", endpoint: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` });
};
