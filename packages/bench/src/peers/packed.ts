/** @awaitmq/core/packed, used as in its documentation. Round trips use Pair, as in `pair`. */

import { Pair, Publisher, Pull, Push, Subscriber } from "@awaitmq/core";
import { packed as pack, unpacked } from "@awaitmq/core/packed";
import { anyPort, checkBytes, type Peer, readBytes } from "./peer.ts";

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
};
