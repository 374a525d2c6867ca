/** How long does a request take, one at a time? */

import { Processes } from "../processes.ts";
import { type Question, scaled } from "./question.ts";

export const requestReply: Question = {
  name: "request-reply",
  group: "latency",
  title: "request and reply, 16 B, one at a time, both ends of the same peer: a round trip",
  unit: "µs",
  contenders: [{ peer: "core", bar: { of: "ratio", most: 1.05 } }, { peer: "zeromq" }],
  baseline: "zeromq",
  async measure({ peer }, scale) {
    await using processes = new Processes();
    const replier = processes.start("reply", { peer });
    const amount = { count: scaled(12_000, scale), warmUp: scaled(4_000, scale) };
    const requester = processes.start("request", { peer, endpoint: await replier.endpoint, size: 16, ...amount });
    return ((await requester.report).seconds / amount.count) * 1e6;
  },
};
