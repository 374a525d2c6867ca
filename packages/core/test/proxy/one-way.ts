/** Sockets on both sides of a proxy that passes messages one way. */

import { Pull, Push } from "../../src/index.ts";

/** `push` sends to `front` from outside; `back` is bound, so that a Pull may connect to it. None of them is lingered for. */
export async function oneWay() {
  const sockets = { front: new Pull(), back: new Push(), push: new Push() };
  sockets.push.connect(await sockets.front.bind("tcp://127.0.0.1:*"));
  await sockets.back.bind("tcp://127.0.0.1:*");
  return {
    ...sockets,
    async [Symbol.asyncDispose]() {
      await Promise.all(Object.values(sockets).map((socket) => socket.close({ linger: 0 })));
    },
  };
}
