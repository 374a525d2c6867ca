/** Connects two sockets for one test. */

import { freshInproc } from "./endpoint.ts";

interface Closes {
  close(options?: { linger?: number }): Promise<void>;
}

interface Binds extends Closes {
  bind(address: string): Promise<string>;
}

interface Connects extends Closes {
  connect(address: string): unknown;
}

/**
 * Binds the first of two sockets and connects the second to it. Both close without linger at the end of the scope:
 *
 *     await using it = await pair({ pull: new Pull(), push: new Push() });
 *     await it.push.send("x");
 *
 * @param address to bind to, or `"inproc"` for a fresh address of that transport
 */
export async function pair<Sockets extends Record<string, Closes>>(
  sockets: Sockets,
  address = "tcp://127.0.0.1:*",
): Promise<Sockets & AsyncDisposable> {
  const [first, second] = Object.values(sockets) as unknown as [Binds, Connects];
  second.connect(await first.bind(address === "inproc" ? freshInproc() : address));
  return {
    ...sockets,
    async [Symbol.asyncDispose]() {
      await Promise.all([first, second].map((socket) => socket.close({ linger: 0 })));
    },
  };
}
