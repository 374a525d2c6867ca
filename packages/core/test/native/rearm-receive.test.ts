/** A waiting native receive wakes up whatever else its socket is asked. */

import { describe, expect, test } from "vitest";
import { Dealer, Pull, Push, Router } from "../../src/index.ts";
import { internals } from "../../src/internals.ts";

/** Milliseconds, less than the time after which a receive that can be given up looks again by itself. */
const awake = 900;

/** Repeats what takes no time where no receive sleeps. A busy machine may be slow once or twice, a receive that sleeps is again and again. */
async function repeat(times: number, exchange: () => Promise<void>): Promise<void> {
  let slow = 0;
  for (let index = 0; index < times; index++) {
    const began = performance.now();
    await exchange();
    if (performance.now() - began > awake) slow += 1;
    expect(slow, "receives that slept").toBeLessThan(3);
  }
}

/** Calls `disturb` again and again in every turn of the event loop, until the result is called. */
function meanwhile(disturb: () => void): () => void {
  let timer: NodeJS.Immediate;
  const again = () => {
    for (let index = 0; index < 20; index++) disturb();
    timer = setImmediate(again);
  };
  again();
  return () => clearImmediate(timer);
}

describe("a receive that waits gets its message at once", () => {
  test("while others look whether the socket is writable", async () => {
    await using router = new Router();
    await using dealer = new Dealer();
    dealer.connect(await router.bind("tcp://127.0.0.1:*"));
    const answering = (async () => {
      for await (const message of router) await router.send(message);
    })();
    const { native } = dealer[internals];
    const stop = meanwhile(() => void native.writable);
    try {
      await repeat(1_000, async () => {
        await dealer.send("ping");
        expect(await dealer.receive({ timeout: 100_000 })).toEqual([Buffer.from("ping")]);
      });
    } finally {
      stop();
    }
    await router.close();
    await answering;
  });

  test("while its socket is asked to bind", async () => {
    await using pull = new Pull();
    await using push = new Push();
    const endpoint = await pull.bind("tcp://127.0.0.1:*");
    push.connect(endpoint);
    const stop = meanwhile(() => expect(() => pull.bindSync(endpoint)).toThrow("in use"));
    try {
      await repeat(300, async () => {
        const received = pull.receive({ timeout: 100_000 });
        await push.send("ping");
        expect(await received).toEqual([Buffer.from("ping")]);
      });
    } finally {
      stop();
    }
  });
});
