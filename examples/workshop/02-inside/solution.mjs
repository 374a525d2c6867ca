import { Push } from "@awaitmq/core";

const push = new Push({ sendHighWaterMark: 5, linger: 60_000 });
push.connect(process.argv[2] ?? "");

for (let n = 1; n <= 1_000; n++) {
  console.log(`made ${n}`);
  await push.send(Buffer.alloc(100_000));
}
await push.close();
