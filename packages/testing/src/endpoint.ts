/** Fresh addresses, so that no two tests ever meet on one. */

import { randomBytes, randomInt } from "node:crypto";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** From here up the system gives ports to outgoing connections, any of which could take ours before it is bound. */
const firstEphemeralPort = 32_768;
const firstPort = 10_000;
/** Bytes of a Unix socket's path: the least that a system takes is 103, and libzmq wants some for itself. */
const longestIpcPath = 94;

let nextPort = randomInt(firstPort, firstEphemeralPort);
let ipcCount = 0;
let inprocCount = 0;

/** A TCP endpoint on 127.0.0.1 that nothing listens on; never the same twice within the process. */
export async function freshTcp(): Promise<string> {
  for (let tries = firstPort; tries < firstEphemeralPort; tries++) {
    const port = nextPort;
    nextPort = nextPort + 1 === firstEphemeralPort ? firstPort : nextPort + 1;
    if (await isFree(port)) return `tcp://127.0.0.1:${port}`;
  }
  throw new Error(`No port from ${firstPort} to ${firstEphemeralPort - 1} is free on 127.0.0.1`);
}

/** An IPC endpoint in the system's temporary folder, short enough for every system. */
export function freshIpc(): string {
  const name = `awaitmq-${process.pid}-${ipcCount++}-${randomBytes(4).toString("hex")}.sock`;
  const path = join(tmpdir(), name);
  return `ipc://${path.length <= longestIpcPath ? path : join("/tmp", name)}`;
}

/** An in-process endpoint. */
export function freshInproc(): string {
  return `inproc://awaitmq-${process.pid}-${inprocCount++}`;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(false);
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
