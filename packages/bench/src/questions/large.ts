/** What is the throughput of large messages, with and without copying? */

import { Processes } from "../processes.ts";
import { type Question, scaled } from "./question.ts";

const size = 65_536;

export const large: Question = {
  name: "large",
  group: "throughput",
  title: "64 KiB one way, both ends of the same peer, counted at the receiver",
  unit: "messages/s",
  contenders: [
    { peer: "core", bar: { of: "ratio", least: 0.85 } },
    { peer: "core", label: "core, copy: false", copy: false, bar: { of: "ratio", least: 1 } },
    { peer: "zeromq" },
  ],
  baseline: "zeromq",
  async measure({ peer, copy }, scale) {
    await using processes = new Processes();
    const work = { peer, size, copy, count: scaled(40_000, scale), warmUp: scaled(10_000, scale) };
    const receiver = processes.start("receive", work);
    processes.start("send", { ...work, endpoint: await receiver.endpoint });
    return work.count / (await receiver.report).seconds;
  },
};
