import { eventually } from "@awaitmq/testing";
import { expect, test } from "vitest";
import { Pull, Push } from "../../src/index.ts";
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
    for (let count = 0; count < 2_000; count++) {
      await push.send(Buffer.alloc(10_000));
      await pull.receive();
    }
    // Each message takes them two copies of some microseconds, and four calls of the system.
    await eventually(() => (workOfIoThreads() ?? 0) - before > 4);
    expect(lateWorkOfIoThreads()).toBeGreaterThan(late);
  },
);
