/** Peers that speak frames by hand, as programs in other languages do, or liars. */

import { Dealer, Router } from "@awaitmq/core";

/** A plain client. `ask` resolves to the frames of the reply. */
export function plainClient(endpoint: string) {
  const dealer = new Dealer({ linger: 0, receiveTimeout: 100_000 });
  dealer.connect(endpoint);
  return {
    async ask(...body: (string | Buffer)[]): Promise<readonly Buffer[]> {
      await dealer.send(["", ...body]);
      const [, ...reply] = await dealer.receive();
      return reply;
    },
    async [Symbol.asyncDispose]() {
      await dealer.close({ linger: 0 });
    },
  };
}

/** Types of messages, from docs/protocols/envelope.md. */
export const types = { reply: 2, error: 3, item: 10, end: 12, credit: 13 } as const;

type Type = (typeof types)[keyof typeof types];

/** A server that answers what it likes: each request with the next of its answers. */
export async function liar() {
  const router = new Router({ linger: 0, receiveTimeout: 100_000 });
  const endpoint = await router.bind("tcp://127.0.0.1:*");
  let peer: Buffer | undefined;
  let header: Buffer | undefined;
  return {
    endpoint,
    /** Takes the next request, and resolves to its body. */
    async take(): Promise<readonly Buffer[]> {
      const [from, head, , ...body] = await router.receive();
      peer = from;
      header = Buffer.from(head as Buffer);
      return body;
    },
    /** Answers the request that was taken last. `position` counts the items before. */
    async answer(type: Type, body: readonly (string | Buffer)[], position = 0): Promise<void> {
      const answer = Buffer.from((header as Buffer).subarray(0, 18));
      answer[3] = type;
      answer[4] = 0;
      answer.writeUInt32BE(position, 6);
      await router.send([peer as Buffer, answer, "", ...body]);
    },
    async [Symbol.asyncDispose]() {
      await router.close({ linger: 0 });
    },
  };
}
