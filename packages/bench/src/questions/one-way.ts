/** How fast does `for await` read small messages? */

import { Processes } from "../processes.ts";
import { type Question, scaled } from "./question.ts";

export const oneWay: readonly Question[] = [
  { size: 16, count: 600_000 },
  { size: 128, count: 600_000 },
  { size: 1_024, count: 400_000 },
].map(({ size, count }) => ({
  name: `one-way ${size}`,
  group: "throughput",
  title: `for await (const message of socket), ${size} B, from a sender that is never the slower end`,
  unit: "messages/s",
  contenders: [{ peer: "core", bar: { of: "ratio", least: 1 } }, { peer: "zeromq" }],
  baseline: "zeromq",
  async measure({ peer }, scale) {
    await using processes = new Processes();
    const amount = { count: scaled(count, scale), warmUp: scaled(count / 3, scale) };
    const receiver = processes.start("receive", { peer, size, ...amount });
    processes.start("flood", { endpoint: await receiver.endpoint, size });
    return amount.count / (await receiver.report).seconds;
  },
}));
