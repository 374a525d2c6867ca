/** zeromq 6 alone, used as in its README. Core builds on it, so it is the baseline for core's cost. */

import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { Dealer, Publisher, Pull, Push, Reply, Request, Router, Subscriber } from "zeromq";
import { anyPort, checkBytes, type Peer, type ReadStream, readBytes } from "./peer.ts";
import { type Quote, quotes } from "./quotes.ts";

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

  /**
   * Without a library: a ROUTER whose messages are a stream's name and the JSON; an empty one ends the stream.
   * Backpressure: per connection, at 1 000 messages per direction. With `mandatory` the ROUTER drops none.
   */
  async streamServer() {
    // A pending send would sometimes not learn that the socket is writable again.
    const router = new Router({ mandatory: true, sendTimeout: 0 });
    await router.bind(anyPort);
    const open = new Set<{ client: Buffer; name: Buffer; items: AsyncGenerator<Quote, void> }>();
    const send = async (message: (Buffer | string)[]) => {
      for (;;) {
        try {
          return await router.send(message);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
          await wait(1);
        }
      }
    };
    // One loop for all streams: only one send at a time may be pending.
    const stream = async () => {
      while (open.size > 0) {
        for (const call of open) {
          const { value } = await call.items.next();
          await send([call.client, call.name, value === undefined ? "" : JSON.stringify(value)]);
          if (value === undefined) open.delete(call);
        }
      }
    };
    const answer = async () => {
      for await (const [client, name, count] of router as AsyncIterable<[Buffer, Buffer, Buffer]>) {
        open.add({ client, name, items: quotes(Number(count)) });
        if (open.size === 1) void stream();
      }
    };
    void answer();
    return bound(router);
  },

  async streamReader(endpoint) {
    const dealer = new Dealer();
    dealer.connect(endpoint);
    const open = new Map<string, { take: Parameters<ReadStream>[1]; end: () => void }>();
    let opened = 0;
    let sent = Promise.resolve();
    const dispatch = async () => {
      for await (const [name, body] of dealer as AsyncIterable<[Buffer, Buffer]>) {
        const stream = open.get(name.toString());
        if (body.length === 0) {
          stream?.end();
          continue;
        }
        const pause = stream?.take(JSON.parse(body.toString()));
        if (pause !== undefined) await pause;
      }
    };
    void dispatch();
    return async (count, take) => {
      const name = String(opened++);
      const ended = new Promise<void>((end) => open.set(name, { take, end }));
      // Only one send at a time may be pending.
      sent = sent.then(() => dealer.send([name, String(count)]));
      await sent;
      await ended;
      open.delete(name);
    };
  },
};

function bound(socket: Publisher | Pull | Reply | Router): string {
  if (socket.lastEndpoint === null) throw new Error("zeromq does not say where it bound to");
  return socket.lastEndpoint;
}
