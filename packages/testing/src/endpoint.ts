/** Fresh addresses, so that two tests never share one. */

import { randomBytes, randomInt } from "node:crypto";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The system gives ports from here up to outgoing connections, which could take a test's port before it is bound. */
const firstEphemeralPort = 32_768;
const firstPort = 10_000;
/** The longest path of a Unix socket in bytes. The smallest limit of a system is 103, and libzmq needs some of it. */
const longestIpcPath = 94;

let nextPort = randomInt(firstPort, firstEphemeralPort);
let ipcCount = 0;
let inprocCount = 0;

/** Returns a TCP endpoint on 127.0.0.1 without a listener; never the same twice in a process. */
export async function freshTcp(): Promise<string> {
  for (let tries = firstPort; tries < firstEphemeralPort; tries++) {
    const port = nextPort;
    nextPort = nextPort + 1 === firstEphemeralPort ? firstPort : nextPort + 1;
    if (await isFree(port)) return `tcp://127.0.0.1:${port}`;
  }
  throw new Error(`No port from ${firstPort} to ${firstEphemeralPort - 1} is free on 127.0.0.1`);
}

/** Returns an IPC endpoint in the system's temporary folder, short enough for every system. */
export function freshIpc(): string {
  const name = `awaitmq-${process.pid}-${ipcCount++}-${randomBytes(4).toString("hex")}.sock`;
  const path = join(tmpdir(), name);
  return `ipc://${path.length <= longestIpcPath ? path : join("/tmp", name)}`;
}

/** Returns an in-process endpoint. */
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
