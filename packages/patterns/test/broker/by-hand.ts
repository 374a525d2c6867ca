/** A worker whose broker speaks by hand. */

import { Dealer, type Handle, type Message, Router } from "@awaitmq/core";
import { expect } from "vitest";
import type { ServeBalancedStats } from "../../src/index.ts";

export const tag = (n: number) => Buffer.alloc(16, n + 1);

/** A broker by hand, which has heard that the worker is ready. */
export async function byHand(ready: string, serve: (dealer: Dealer) => Handle<ServeBalancedStats>) {
  const router = new Router({ receiveTimeout: 100_000 });
  const dealer = new Dealer();
  dealer.connect(await router.bind("tcp://127.0.0.1:*"));
  const serving = serve(dealer);
  const [id, ...announcement] = await router.receive();
  expect(announcement.map(String)).toEqual(["", ready]);
  return {
    router,
    dealer,
    serving,
    ask: (n: number, ...body: string[]) => router.send([id, "", tag(n), "", ...body]),
    /** What the worker says next, but for announcements said again. */
    async hear(): Promise<string[]> {
      for (;;) {
        const [, , ...frames]: Message = await router.receive();
        if (String(frames[0]) !== ready) return frames.map((frame) => frame.toString("latin1"));
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([router.close({ linger: 0 }), dealer.close({ linger: 0 })]);
      await serving.done.catch(() => {});
    },
  };
}
