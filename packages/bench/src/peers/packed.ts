/** @awaitmq/core/packed, used as in its documentation. Round trips use Pair, as in `pair`. */

import { Pair, Publisher, Pull, Push, Subscriber } from "@awaitmq/core";
import { packed as pack, unpacked } from "@awaitmq/core/packed";
import { anyPort, checkBytes, type Peer, type ReadStream, readBytes } from "./peer.ts";
import { quotes } from "./quotes.ts";

export const packed: Peer = {
  async receiver({ size, batches }) {
    const pull = new Pull();
    const endpoint = await pull.bind(anyPort);
    if (batches) {
      const arrays = unpacked(pull).batches();
      return {
        endpoint,
        async receive(count) {
          let seen = 0;
          let bytes = 0;
          // The timed part may end within an array: the later messages of the array count for the next part.
          while (seen < count) {
            const { value = [] } = await arrays.next();
            for (const message of value) bytes += message.length;
            seen += value.length;
          }
          checkBytes(bytes, seen * size);
        },
      };
    }
    return {
      endpoint,
      async receive(count) {
        let seen = 0;
        let bytes = 0;
        for await (const message of unpacked(pull)) {
          bytes += message.length;
          if (++seen === count) break;
        }
        checkBytes(bytes, count * size);
      },
    };
  },

  async sender(endpoint, { size, copy = true }) {
    const push = new Push();
    push.connect(endpoint);
    // At least sixteen messages per frame, whatever their length.
    const out = pack(push, { copy, maxBytes: Math.max(65_536, 16 * size) });
    const body = Buffer.alloc(size, "x");
    return async (count) => {
      for (let sent = 0; sent < count; sent++) {
        const wait = out.write(body);
        if (wait !== undefined) await wait;
      }
      await out.flush();
    };
  },

  async publisher({ size }) {
    const publisher = new Publisher({ noDrop: true });
    const out = pack(publisher);
    const body = Buffer.alloc(size, "x");
    return {
      endpoint: await publisher.bind(anyPort),
      async publish(count) {
        for (let sent = 0; sent < count; sent++) {
          const wait = out.write(["t", body]);
          if (wait !== undefined) await wait;
        }
        await out.flush();
      },
    };
  },

  async subscriber(endpoint, { size }) {
    const subscriber = new Subscriber();
    subscriber.subscribe("t");
    subscriber.connect(endpoint);
    return (count) => readBytes(unpacked(subscriber), 1, count, size);
  },

  async replier() {
    const pair = new Pair();
    const endpoint = await pair.bind(anyPort);
    const out = pack(pair);
    const answer = async () => {
      for await (const message of unpacked(pair)) await out.write(message);
    };
    void answer();
    return endpoint;
  },

  async requester(endpoint, { size }) {
    const pair = new Pair();
    pair.connect(endpoint);
    const out = pack(pair);
    const replies = unpacked(pair);
    const body = Buffer.alloc(size, "x");
    return async (count) => {
      let bytes = 0;
      for (let done = 0; done < count; done++) {
        await out.write(body);
        const { value } = await replies.next();
        bytes += value?.length ?? 0;
      }
      checkBytes(bytes, count * size);
    };
  },

  /**
   * By hand: a message is a byte with the stream's number, then the JSON; without JSON it ends the stream. One client.
   * Backpressure: per connection. A slow reader stops all its streams, after some thousand frames in queues.
   */
  async streamServer() {
    const requests = new Pull();
    const items = new Push();
    const endpoints = [await requests.bind(anyPort), await items.bind(anyPort)];
    const out = pack(items);
    const stream = async (number: string, count: number) => {
      for await (const quote of quotes(count)) {
        const wait = out.write(number + JSON.stringify(quote));
        if (wait !== undefined) await wait;
      }
      await out.write(number);
    };
    const answer = async () => {
      for await (const [number, count] of requests) void stream(String(number), Number(count));
    };
    void answer();
    return endpoints.join(" ");
  },

  async streamReader(endpoints) {
    const [requestsTo = "", itemsFrom = ""] = endpoints.split(" ");
    const requests = new Push();
    requests.connect(requestsTo);
    const items = new Pull();
    items.connect(itemsFrom);
    /** The open streams by their number, below 128. */
    const open: { take: Parameters<ReadStream>[1]; end: () => void }[] = [];
    let opened = 0;
    const dispatch = async () => {
      for await (const messages of unpacked(items).batches()) {
        for (const message of messages) {
          const stream = open[message[0] as number];
          if (message.length === 1) {
            stream?.end();
            continue;
          }
          const wait = stream?.take(JSON.parse(message.toString("utf8", 1)));
          if (wait !== undefined) await wait;
        }
      }
    };
    void dispatch();
    return (count, take) =>
      new Promise((end, reject) => {
        const number = opened++ % 128;
        open[number] = { take, end };
        requests.send([String.fromCharCode(number), String(count)]).catch(reject);
      });
  },
};
