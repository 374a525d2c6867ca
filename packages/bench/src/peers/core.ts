/** @awaitmq/core, used as in its README. */

import { Publisher, Pull, Push, Reply, Request, Subscriber } from "@awaitmq/core";
import { anyPort, checkBytes, type Peer, readBytes } from "./peer.ts";

export const core: Peer = {
  async receiver({ size }) {
    const pull = new Pull();
    return {
      endpoint: await pull.bind(anyPort),
      receive: (count) => readBytes(pull, 0, count, size),
    };
  },

  async sender(endpoint, { size, copy }) {
    const push = new Push();
    push.connect(endpoint);
    const body = Buffer.alloc(size, "x");
    if (copy === false) {
      return async (count) => {
        for (let sent = 0; sent < count; sent++) await push.send(body, { copy: false });
      };
    }
    return async (count) => {
      for (let sent = 0; sent < count; sent++) await push.send(body);
    };
  },

  async publisher({ size }) {
    const publisher = new Publisher({ noDrop: true });
    const body = Buffer.alloc(size, "x");
    return {
      endpoint: await publisher.bind(anyPort),
      async publish(count) {
        for (let sent = 0; sent < count; sent++) await publisher.send(["t", body]);
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
    const endpoint = await reply.bind(anyPort);
    const answer = async () => {
      for await (const message of reply) await reply.send(message[0]);
    };
    void answer();
    return endpoint;
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
        bytes += answer[0].length;
      }
      checkBytes(bytes, count * size);
    };
  },
};
