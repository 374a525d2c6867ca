/** Round trips over core's Pair without packing: the baseline for the cost of a single packed message. */

import { Pair } from "@awaitmq/core";
import { anyPort, checkBytes, type Peer } from "./peer.ts";

export const pair: Peer = {
  async replier() {
    const socket = new Pair();
    const endpoint = await socket.bind(anyPort);
    const answer = async () => {
      for await (const message of socket) await socket.send(message[0]);
    };
    void answer();
    return endpoint;
  },

  async requester(endpoint, { size }) {
    const socket = new Pair();
    socket.connect(endpoint);
    const body = Buffer.alloc(size, "x");
    return async (count) => {
      let bytes = 0;
      for (let done = 0; done < count; done++) {
        await socket.send(body);
        const [reply] = await socket.receive();
        bytes += reply.length;
      }
      checkBytes(bytes, count * size);
    };
  },
};
