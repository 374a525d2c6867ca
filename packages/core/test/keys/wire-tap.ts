/** What somebody on the wire sees. */

import { type AddressInfo, connect, createServer, type Socket as TcpSocket } from "node:net";

/** A relay that remembers all bytes that pass, both ways. */
export async function wireTap(endpoint: string): Promise<AsyncDisposable & { endpoint: string; seen(): Buffer }> {
  const chunks: Buffer[] = [];
  const sockets = new Set<TcpSocket>();
  const port = Number(endpoint.slice(endpoint.lastIndexOf(":") + 1));
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk) => {
        chunks.push(chunk);
        to.write(chunk);
      });
      from.on("close", () => to.destroy());
      from.on("error", () => {});
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: () => Buffer.concat(chunks),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
