/** A proxy between two sides, for one test. */

import { Dealer, type ProxyOptions, proxy, Router } from "../../src/index.ts";

/** Clients on one side, servers on the other, and a proxy between. */
export async function broker(options?: ProxyOptions) {
  const front = new Router();
  const back = new Dealer();
  const frontEnd = await front.bind("tcp://127.0.0.1:*");
  const backEnd = await back.bind("tcp://127.0.0.1:*");
  const running = proxy(front, back, options);
  return {
    front,
    back,
    frontEnd,
    backEnd,
    running,
    async [Symbol.asyncDispose]() {
      await Promise.all([front.close({ linger: 0 }), back.close({ linger: 0 })]);
      await running.done;
    },
  };
}
