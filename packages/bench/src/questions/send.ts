/** How fast does `await send` send small messages? */

import { Processes } from "../processes.ts";
import { type Question, scaled } from "./question.ts";

export const send: readonly Question[] = [
  { size: 16, count: 500_000 },
  { size: 128, count: 500_000 },
  { size: 1_024, count: 400_000 },
].map(({ size, count }) => ({
  name: `send ${size}`,
  group: "throughput",
  title: `await socket.send(buffer), ${size} B, to a receiver that is never the slower end`,
  unit: "messages/s",
  contenders: [{ peer: "core", bar: { of: "ratio", least: 0.95 } }, { peer: "zeromq" }],
  baseline: "zeromq",
  async measure({ peer }, scale) {
    await using processes = new Processes();
    const amount = { count: scaled(count, scale), warmUp: scaled(count / 3, scale) };
    const receiver = processes.start("drain", {});
    const sender = processes.start("send", { peer, endpoint: await receiver.endpoint, size, ...amount });
    return amount.count / (await sender.report).seconds;
  },
}));
