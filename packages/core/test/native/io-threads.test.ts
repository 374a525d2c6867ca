/** How much libzmq's threads have worked, as Linux tells it. */

import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "@awaitmq/testing";
import { describe, expect, test } from "vitest";
import { Context, Pull, Push } from "../../src/index.ts";
import { lateWorkOfIoThreads, workOfIoThreads } from "../../src/native/io-threads.ts";

test.runIf(process.platform === "linux")(
  "what libzmq's threads have worked grows with what they do, and never shrinks",
  async () => {
    await using pull = new Pull();
    await using push = new Push();
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    await push.send("first");
    await pull.receive();
    const before = (await eventually(() => workOfIoThreads())) as number;
    const late = lateWorkOfIoThreads() ?? 0;
    expect(late).toBeGreaterThanOrEqual(before);
    await traffic(push, pull);
    // Each message takes them two copies of some microseconds, and four calls of the system.
    await eventually(() => (workOfIoThreads() ?? 0) - before > 4);
    expect(lateWorkOfIoThreads()).toBeGreaterThan(late);
  },
);

describe.runIf(process.platform === "linux")("with a receive that waits, the work is told past the time", () => {
  test("that threads have to name themselves: of a thread that begins later, and of the first again", async () => {
    await using pull = new Pull();
    await using push = new Push();
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    const received = pull.receive({ timeout: 100_000 });
    await eventually(() => workOfIoThreads());
    await sleep(2_100);
    const before = workOfIoThreads() as number;
    {
      const context = new Context();
      await using latePull = new Pull({ context });
      await using latePush = new Push({ context });
      latePush.connect(await latePull.bind("tcp://127.0.0.1:*"));
      await traffic(latePush, latePull);
      await eventually(() => (workOfIoThreads() ?? 0) - before > 4);
    }
    const after = workOfIoThreads() as number;
    await push.send("late");
    expect(String(await received)).toBe("late");
    await traffic(push, pull);
    await eventually(() => (workOfIoThreads() ?? 0) - after > 4);
  });

  test("for which a look is good enough", async () => {
    await using pull = new Pull();
    await using push = new Push();
    push.connect(await pull.bind("tcp://127.0.0.1:*"));
    await using idle = new Pull();
    await idle.bind("tcp://127.0.0.1:*");
    const waits = idle.receive().catch(() => {});
    const before = (await eventually(() => lateWorkOfIoThreads())) as number;
    await traffic(push, pull);
    await sleep(4);
    expect(lateWorkOfIoThreads()).toBeGreaterThan(before);
    await idle.close();
    await waits;
  });
});

async function traffic(push: Push, pull: Pull): Promise<void> {
  for (let count = 0; count < 2_000; count++) {
    await push.send(Buffer.alloc(10_000));
    await pull.receive();
  }
}
