/** zeromq 6 alone, used as in its README. Core builds on it, so it is the baseline for core's cost. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { Dealer, Publisher, Pull, Push, Reply, Request, Router, Subscriber } from "zeromq";
import { anyPort, checkBytes, type Peer, readBytes } from "./peer.ts";

export const zeromq: Peer = {
  async receiver({ size }) {
    const pull = new Pull();
    await pull.bind(anyPort);
    return {
      endpoint: bound(pull),
      receive: (count) => readBytes(pull, 0, count, size),
    };
  },

  async sender(endpoint, { size }) {
    const push = new Push();
    push.connect(endpoint);
    const body = Buffer.alloc(size, "x");
    return async (count) => {
      for (let sent = 0; sent < count; sent++) await push.send(body);
    };
  },

  async publisher({ size }) {
    const publisher = new Publisher({ noDrop: true });
    await publisher.bind(anyPort);
    const body = Buffer.alloc(size, "x");
    return {
      endpoint: bound(publisher),
      async publish(count) {
        for (let sent = 0; sent < count; ) {
          try {
            await publisher.send(["t", body]);
            sent += 1;
          } catch (error) {
            // It rejects instead of waiting: try again in the next turn.
            if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
            await nextTurn();
          }
        }
      },
    };
  },

  async subscriber(endpoint, { size }) {
    const subscriber = new Subscriber();
    subscriber.subscribe("t");
    subscriber.connect(endpoint);
    return (count) => readBytes(subscriber, 1, count, size);
  },

  async replier() {
    const reply = new Reply();
    await reply.bind(anyPort);
    const answer = async () => {
      for await (const message of reply) await reply.send(message[0] as Buffer);
    };
    void answer();
    return bound(reply);
  },

  async requester(endpoint, { size }) {
    const request = new Request();
    request.connect(endpoint);
    const body = Buffer.alloc(size, "x");
    return async (count) => {
      let bytes = 0;
      for (let done = 0; done < count; done++) {
        await request.send(body);
        const answer = await request.receive();
        bytes += (answer[0] as Buffer).length;
      }
      checkBytes(bytes, count * size);
    };
  },

  /** Without a library: a ROUTER that sends each message back. */
  async server() {
    const router = new Router();
    await router.bind(anyPort);
    const answer = async () => {
      for await (const message of router) await router.send(message);
    };
    void answer();
    return bound(router);
  },

  /** Without a library: a DEALER that sends a new request for each reply. */
  async asker(endpoint, { size, inFlight }) {
    const dealer = new Dealer();
    dealer.connect(endpoint);
    const body = Buffer.alloc(size, "x");
    return async (count) => {
      let bytes = 0;
      let sent = 0;
      for (; sent < Math.min(inFlight, count); sent++) await dealer.send(body);
      for (let done = 0; done < count; done++) {
        const [reply] = await dealer.receive();
        bytes += (reply as Buffer).length;
        if (sent < count) {
          await dealer.send(body);
          sent += 1;
        }
      }
      checkBytes(bytes, count * size);
    };
  },
};

function bound(socket: Publisher | Pull | Reply | Router): string {
  if (socket.lastEndpoint === null) throw new Error("zeromq does not say where it bound to");
  return socket.lastEndpoint;
}
