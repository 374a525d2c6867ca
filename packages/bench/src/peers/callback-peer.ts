/** Makes a peer of any package with the classic callback API. */

import { checkBytes, type Peer } from "./peer.ts";

interface CallbackSocket {
  bindSync(address: string): unknown;
  connect(address: string): unknown;
  on(event: "message", listener: (body: Buffer) => void): unknown;
  send(message: Buffer, flags?: number, callback?: (error?: Error) => void): unknown;
  readonly last_endpoint: unknown;
}

export interface CallbackApi {
  socket(type: "push" | "pull" | "req" | "rep"): CallbackSocket;
}

/** Not every package can bind to a free port. So this many ports are tried, from a random one on. */
const firstPort = 20_000;
const ports = 10_000;

export function callbackPeer(api: CallbackApi): Peer {
  return {
    async receiver({ size }) {
      const pull = api.socket("pull");
      const endpoint = bound(pull);
      let seen = 0;
      let bytes = 0;
      let wanted = Number.POSITIVE_INFINITY;
      let done = () => {};
      pull.on("message", (body) => {
        bytes += body.length;
        if (++seen >= wanted) done();
      });
      return {
        endpoint,
        async receive(count) {
          if (seen < count) {
            wanted = count;
            await new Promise<void>((resolve) => {
              done = resolve;
            });
          }
          checkBytes(bytes, seen * size);
          seen -= count;
          bytes = seen * size;
          wanted = Number.POSITIVE_INFINITY;
        },
      };
    },

    /** Sends a burst: only the last message is awaited. */
    async sender(endpoint, { size }) {
      const push = api.socket("push");
      push.connect(endpoint);
      const body = Buffer.alloc(size, "x");
      return (count) =>
        new Promise<void>((resolve, reject) => {
          for (let sent = 1; sent < count; sent++) push.send(body);
          push.send(body, 0, (error) => (error ? reject(error) : resolve()));
        });
    },

    async replier() {
      const rep = api.socket("rep");
      const endpoint = bound(rep);
      rep.on("message", (body) => rep.send(body));
      return endpoint;
    },

    async requester(endpoint, { size }) {
      const req = api.socket("req");
      req.connect(endpoint);
      const body = Buffer.alloc(size, "x");
      let bytes = 0;
      let answered = () => {};
      req.on("message", (answer) => {
        bytes += answer.length;
        answered();
      });
      return async (count) => {
        bytes = 0;
        for (let done = 0; done < count; done++) {
          await new Promise<void>((resolve) => {
            answered = resolve;
            req.send(body);
          });
        }
        checkBytes(bytes, count * size);
      };
    },
  };
}

function bound(socket: CallbackSocket): string {
  const first = Math.floor(Math.random() * ports);
  for (let tries = 0; tries < ports; tries++) {
    const endpoint = `tcp://127.0.0.1:${firstPort + ((first + tries) % ports)}`;
    try {
      socket.bindSync(endpoint);
      return endpoint;
    } catch (error) {
      if (tries === ports - 1) throw error;
    }
  }
  throw new Error("unreachable");
}
